"""The wheel as built and installed: everything under one name, beside a host that has our names itself."""

import ast
import hashlib
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from configparser import ConfigParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"app", "graphs", "prompts", "tools"}


def test_top_level_is_pincite_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert tops == {"pincite", f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"}


def test_every_module_compiles_and_imports_none_of_our_names_at_the_top(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        modules = [name for name in archive.namelist() if name.endswith(".py")]
        for name in modules:
            tree = ast.parse(archive.read(name), name)
            compile(tree, name, "exec", dont_inherit=True)
            for node in ast.walk(tree):
                if isinstance(node, ast.Import):
                    imported = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    imported = [node.module or ""]
                else:
                    continue
                left = {module.partition(".")[0] for module in imported} & PACKAGES
                assert not left, f"{name}:{node.lineno} still imports {left}"
    assert {f"pincite/{package}/__init__.py" for package in PACKAGES} <= set(modules)


def test_line_numbers_and_data_are_those_of_the_checkout(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            source = ROOT / name.removeprefix("pincite/")
            if not name.startswith("pincite/") or name in {"pincite/__init__.py", "pincite/py.typed"}:
                continue
            if name.endswith(".py"):
                assert archive.read(name).count(b"\n") == source.read_bytes().count(b"\n"), name
            else:
                assert archive.read(name) == source.read_bytes(), name


def test_it_carries_the_model_the_prompts_and_the_licences(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for name in ("model.onnx", "tokenizer.json", "LICENSE", "NOTICE", "README.md"):
        assert f"pincite/app/retrieval/embedding/minilm/{name}" in names
    assert "pincite/py.typed" in names
    licences = {name.partition("/licenses/")[2] for name in names if "/licenses/" in name}
    assert {
        "LICENSE",
        "NOTICE",
        "app/retrieval/embedding/minilm/LICENSE",
        "app/retrieval/embedding/minilm/NOTICE",
    } <= licences
    # Nothing that was lying about: caches, hidden files, evaluation results.
    assert not [name for name in names if "__pycache__" in name or "/." in name or "/evals/results/" in name]


def test_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        entry = ConfigParser()
        entry.read_string(archive.read(name).decode())
    assert dict(entry["console_scripts"]) == {"pincite": "pincite.app.main:main"}


@pytest.mark.slow
def test_the_same_tree_gives_the_same_bytes_also_through_the_source_archive(
    wheel: Path, build: Callable[[str, Path, Path], Path], tmp_path: Path
) -> None:
    for folder in ("again", "sdist", "unpacked", "from_sdist"):
        (tmp_path / folder).mkdir()
    again = build("wheel", ROOT, tmp_path / "again")
    with tarfile.open(build("sdist", ROOT, tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    from_sdist = build("wheel", unpacked, tmp_path / "from_sdist")
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (wheel, again, from_sdist)}
    assert len(digests) == 1


def test_a_host_keeps_its_own_names(in_host: Callable[[str], str]) -> None:
    said = in_host(
        "import app, tools, pincite.app, pincite.graphs, pincite.tools\n"
        "print(app.WHOSE, tools.WHOSE, pincite.app.__name__, pincite.graphs.__name__, pincite.__version__)\n"
        "assert pincite.app is not app and pincite.tools is not tools\n"
    )
    assert said.split()[:4] == ["host", "host", "pincite.app", "pincite.graphs"]


@pytest.mark.slow
def test_every_module_imports_in_the_host(in_host: Callable[[str], str]) -> None:
    """No module of ours reaches for a top-level `app`, also not at run time of the import."""
    said = in_host(
        "import importlib, pkgutil, sys, app, tools, pincite\n"
        "modules = pkgutil.walk_packages(pincite.__path__, 'pincite.')\n"
        "names = [module.name for module in modules if '__main__' not in module.name]\n"
        "for name in names: importlib.import_module(name)\n"
        "tops = {name.partition('.')[0] for name in sys.modules}\n"
        "assert app.WHOSE == tools.WHOSE == 'host' and not tops & {'graphs', 'prompts', 'evals'}, tops\n"
        "print(len(names))\n"
    )
    assert int(said.split()[-1]) > 20


def test_in_a_checkout_the_alias_hands_out_the_same_module() -> None:
    """In a process of its own: the test session may have `pincite` from elsewhere already."""
    code = (
        "import sys\n"
        f"sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'packaging' / 'editable')!r}]\n"
        "import pincite.graphs.text.words as one\n"
        "import graphs.text.words as other\n"
        "from pincite.graphs.text import words as third\n"
        "import pincite\n"
        "assert one is other is third is pincite.graphs.text.words\n"
        "assert one.__name__ == one.__spec__.name == 'graphs.text.words'\n"
        "try: import pincite.nothing\n"
        "except ModuleNotFoundError as e: print(e)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "pincite.nothing" in done.stdout


def test_the_lock_holds_everything_that_is_declared() -> None:
    """Each of pyproject's dependencies is in requirements.lock, and the dev lock has the same versions."""

    def pins(name: str) -> set[str]:
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        return {line.partition(" ")[0] for line in lines if line[:1].isalnum()}

    run, everything = pins("requirements.lock"), pins("requirements-dev.lock")
    assert run <= everything
    locked = {pin.partition("==")[0] for pin in run}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {canonicalize_name(Requirement(line).name) for line in project["dependencies"]} <= locked


def test_the_evaluations_are_a_wheel_beside_it_at_the_same_version(
    build: Callable[[str, Path, Path], Path], wheel: Path, tmp_path: Path
) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    beside = tomllib.loads((ROOT / "packaging/evals/pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert beside["version"] == project["version"]
    assert f"pincite=={project['version']}" in beside["dependencies"]
    assert project["optional-dependencies"]["evals"] == [f"pincite-evals=={beside['version']}"]
    with zipfile.ZipFile(build("wheel", ROOT / "packaging" / "evals", tmp_path)) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        entries = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert b"eval = pincite.evals.cli:evaluation" in archive.read(entries)
        assert b"from pincite.app." in archive.read("pincite/evals/experiments/run.py")
    assert all(name.startswith("pincite/evals/") for name in names)
    with zipfile.ZipFile(wheel) as archive:
        assert not names & set(archive.namelist())
        assert not [name for name in archive.namelist() if name.startswith("pincite/evals/")]
