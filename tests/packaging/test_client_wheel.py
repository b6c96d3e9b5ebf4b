"""`pincite-client`, built and installed without Pincite: it asks a server."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app.compose import Pincite
from tests.support.loopback import listening
from tests.support.service import app_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def client_wheel(build: Callable[[str, Path, Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT / "packaging" / "client", tmp_path_factory.mktemp("dist"))


def test_it_holds_the_client_and_needs_pydantic_and_httpx(client_wheel: Path) -> None:
    with zipfile.ZipFile(client_wheel) as archive:
        names = archive.namelist()
        (metadata,) = [name for name in names if name.endswith("METADATA")]
        needed = [
            line.split(":")[1].strip().partition(">")[0]
            for line in archive.read(metadata).decode().splitlines()
            if line.startswith("Requires-Dist")
        ]
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"pincite_client"}
    assert sorted(needed) == ["httpx", "pydantic"]
    assert client_wheel.stat().st_size < 100_000


def test_it_asks_a_server(client_wheel: Path, tmp_path: Path, pincite: Pincite) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    subprocess.run([*command, str(tmp_path), "--disable-pip-version-check", str(client_wheel)], check=True)
    # Without `site`, nothing of the checkout is on the path: only what the client needs, by name.
    code = (
        f"import sys; sys.path[:0] = {[str(tmp_path), sysconfig.get_paths()['purelib']]!r}\n"
        "import json\n"
        "from pincite_client import PinciteClient\n"
        "with PinciteClient(sys.argv[1]) as client:\n"
        "    answer = client.ask('How many volts does the Heron gateway need?')\n"
        "    total = client.documents(limit=1).total\n"
        "tops = {name.partition('.')[0] for name in sys.modules}\n"
        "ours = {'app', 'graphs', 'pincite', 'tools', 'prompts', 'fastapi', 'langgraph', 'langchain_core'}\n"
        "print(json.dumps([answer.status, total, sorted(tops & ours)]))\n"
    )
    with listening(app_of(pincite)) as url:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", code, url], capture_output=True, encoding="utf-8", check=False
        )
    assert done.returncode == 0, done.stderr
    status, total, found = json.loads(done.stdout)
    assert (status, found) == ("answered", [])
    assert total > 1
