"""docs/operate.md as CI follows it: what is taken from the page, and what is noticed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).parents[2] / "packaging" / "follow_operate.py"

PAGE = """# Page

```sh
echo one
```

```text
one
```

<!-- when: test -e there -->

```sh
echo two
```

```text
t…o
```
"""


@pytest.fixture(scope="module")
def follow() -> ModuleType:
    spec = importlib.util.spec_from_file_location("follow_operate", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_blocks_are_taken_with_what_they_print_and_their_condition(follow: ModuleType) -> None:
    found = [(one.commands, one.prints, one.when) for one in follow.blocks(PAGE)]
    assert found == [("echo one", "one", ""), ("echo two", "t…o", "test -e there")]


@pytest.mark.parametrize(
    ("printed", "wrong"),
    [
        ("\n== 0\none\n\n== 1\ntwo\n\n== end\n", 0),
        ("\n== 0\none\n\n== 1\n(left out)\n\n== end\n", 0),
        ("\n== 0\none\n\n== 1\nthree\n\n== end\n", 1),
        ("\n== 0\n\n== 1\none two\n\n== end\n", 1),
        ("\n== 0\n(left out)\n\n== 1\n\n== end\n", 2),
    ],
)
def test_what_was_promised_and_not_printed_is_a_fault(follow: ModuleType, printed: str, wrong: int) -> None:
    assert len(follow.faults(follow.blocks(PAGE), printed)) == wrong


def test_the_page_itself_promises_something_of_most_of_its_blocks(follow: ModuleType) -> None:
    found = follow.blocks(follow.PAGE.read_text(encoding="utf-8"))
    assert len(found) >= 8
    assert sum(bool(one.prints) for one in found) >= len(found) - 2
