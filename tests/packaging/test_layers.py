"""What the wheel and the one-way stairs ask of the source, where import-linter cannot see it."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "evals", "graphs", "prompts", "tools")
MODULE = re.compile(rf"(?:{'|'.join(PACKAGES)})(?:\.[a-z_]\w*)+(?=$|:)")


def sources(folder: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield path.relative_to(ROOT), ast.parse(path.read_bytes(), str(path))


def test_no_string_names_a_module_of_ours() -> None:
    """In the wheel such a string would still say `app.x`, which is then the host's or nobody's."""
    found = []
    for package in PACKAGES:
        for path, tree in sources(package):
            for node in ast.walk(tree):
                if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                    continue
                if (match := MODULE.match(node.value)) is None:
                    continue
                place = ROOT.joinpath(*match[0].split("."))
                if place.is_dir() or place.with_suffix(".py").exists():
                    found.append(f"{path}:{node.lineno}: {node.value!r}")
    assert not found, "use __name__, __package__ or the object itself:\n" + "\n".join(found)


PURE = {"snowballstemmer"}
"""Text in, text out: no files, no network, plain Python."""


def test_citing_needs_only_the_standard_library_and_a_stemmer() -> None:
    found = []
    for path, tree in sources("graphs/citing"):
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for name in names:
                top = name.partition(".")[0]
                pure = top in sys.stdlib_module_names or top in PURE
                if not pure and not name.startswith("graphs.citing"):
                    found.append(f"{path}:{node.lineno}: {name}")
    assert not found, "\n".join(found)


def test_packaging_is_left_to_the_library_of_that_name() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()
