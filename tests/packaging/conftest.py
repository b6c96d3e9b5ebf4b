"""The wheel, built once for all tests, and a host with Pincite installed beside its own `app` and `tools`."""

import importlib.util
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOST = Path(__file__).resolve().parent / "host"


@pytest.fixture(scope="session")
def hatch_build() -> ModuleType:
    """`packaging/hatch_build.py`, loaded by its path: `packaging` itself is another's library."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "packaging" / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def build() -> Callable[[str, Path, Path], Path]:
    def build(kind: str, source: Path, into: Path) -> Path:
        """Build `wheel` or `sdist` of the tree at `source` with the installed hatchling; no network."""
        command = [
            sys.executable,
            "-m",
            "build",
            f"--{kind}",
            "--no-isolation",
            "--outdir",
            str(into),
            str(source),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        (built,) = into.iterdir()
        return built

    return build


@pytest.fixture(scope="session")
def wheel(build: Callable[[str, Path, Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the wheel installed, and nothing else: its dependencies are this environment's."""
    target = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(target),
    ]
    subprocess.run([*command, "--disable-pip-version-check", str(wheel)], check=True)
    return target


@pytest.fixture
def in_host(installed: Path, tmp_path: Path) -> Callable[[str], str]:
    """Run some Python as the host: its own packages first on the path, then the wheel, then the rest.

    `-S` keeps this environment's .pth files out, so the checkout itself is not to be found.
    """
    dependencies = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    path = os.pathsep.join([str(HOST), str(installed), *dependencies])

    def run(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-S", "-c", code],
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": path,
                "PYTHONDONTWRITEBYTECODE": "1",
                "PINCITE_HOME": os.environ.get("PINCITE_HOME", str(tmp_path / "pincite")),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
