"""The import rewriting of the wheel's build hook."""

import ast
from types import ModuleType

import pytest


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from app.x import y\n", "from pincite.app.x import y\n"),
        ("from tools import y as z\n", "from pincite.tools import y as z\n"),
        ("import app.x as x\n", "import pincite.app.x as x\n"),
        ("import app\n", "import pincite.app as app\n"),
        ("import graphs.answer\n", "import pincite.graphs.answer, pincite.graphs as graphs\n"),
        ("import os, app.x, sys\n", "import os, pincite.app.x, pincite.app as app, sys\n"),
        (
            "if 1:\n    from  \\\n  app import (\n  a,\n)\n",
            "if 1:\n    from  \\\n  pincite.app import (\n  a,\n)\n",
        ),
        (
            "x = 'ü'; from app import a; import app as b\n",
            "x = 'ü'; from pincite.app import a; import pincite.app as b\n",
        ),
        ("\ufefffrom app import x\n", "\ufefffrom pincite.app import x\n"),
        ("a\r\nfrom app import x\r\n", "a\r\nfrom pincite.app import x\r\n"),
    ],
)
def test_our_imports_move(hatch_build: ModuleType, before: str, after: str) -> None:
    assert hatch_build.rewrite_imports(before.encode()).decode() == after
    ast.parse(after.encode())


@pytest.mark.parametrize(
    "same",
    [
        "from .app import x\n",
        "from . import app\n",
        "from __future__ import annotations\n",
        "import apple, os.path\n",
        "from application.app import app\n",
        '"""\nfrom app.x import y\nimport tools\n"""\n',
        "# from app import x\n",
        "",
    ],
)
def test_the_rest_stays(hatch_build: ModuleType, same: str) -> None:
    assert hatch_build.rewrite_imports(same.encode()).decode() == same
