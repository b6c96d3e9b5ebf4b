"""What the wheel and the one-way stairs ask of the source, where import-linter cannot see it."""

import ast
import re
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

MOST_LINES = 350

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


PURE = {"py3langid", "regex", "snowballstemmer", "text_to_num"}
"""Text in, text out: no files but their own, no network."""


@pytest.mark.parametrize(("folder", "ours"), [("text", ()), ("citing", ("graphs.text",))])
def test_reading_and_citing_are_pure(folder: str, ours: tuple[str, ...]) -> None:
    found = []
    for path, tree in sources(f"graphs/{folder}"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            else:
                continue
            for name in names:
                top = name.partition(".")[0]
                pure = top in sys.stdlib_module_names or top in PURE
                if not pure and not name.startswith((f"graphs.{folder}", *ours)):
                    found.append(f"{path}:{node.lineno}: {name}")
    assert not found, "\n".join(found)


def test_packaging_is_left_to_the_library_of_that_name() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_no_circle_among_files() -> None:
    """Imports for types alone count: a circle of types is a circle for the reader."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    sorter = TopologicalSorter(
        {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    )
    try:
        sorter.prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(reversed(error.args[1])))


@pytest.mark.parametrize(("folder", "files", "folders"), [("graphs", 9, 7), ("app", 8, 99)])
def test_the_top_of_a_house_is_seen_at_a_glance(folder: str, files: int, folders: int) -> None:
    top = [path for path in (ROOT / folder).iterdir() if path.name != "__pycache__"]
    assert sum(path.suffix == ".py" for path in top) <= files
    assert sum(path.is_dir() for path in top) <= folders


def test_a_file_does_one_thing() -> None:
    found = []
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > MOST_LINES:
                found.append(f"{path.relative_to(ROOT)}: {lines}")
    assert not found, "\n".join(found)


def test_public_names_are_used_once() -> None:
    """One word, one meaning: no two public classes of one name, save where a private room is meant."""
    places: dict[str, list[str]] = {}
    for package in PACKAGES:
        for path, tree in sources(package):
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places.setdefault(node.name, []).append(str(path))
    assert not {name: where for name, where in places.items() if len(where) > 1}
