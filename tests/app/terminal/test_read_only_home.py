"""A data folder that cannot be written: read as ever, and nothing stored."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PINCITE = Path(sys.executable).with_name("pincite")
# Root writes where it likes, unless it may not.
AS_ANYBODY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"] if os.geteuid() == 0 else []

pytestmark = pytest.mark.skipif(
    bool(AS_ANYBODY) and shutil.which("setpriv") is None, reason="root without setpriv writes everywhere"
)


@pytest.fixture
def read_only(home: Path) -> Iterator[Path]:
    paths = [home, *home.rglob("*")]
    for path in paths:
        path.chmod(0o500 if path.is_dir() else 0o400)
    yield home
    for path in paths:
        path.chmod(0o700 if path.is_dir() else 0o600)


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home.parent), "PINCITE_HOME": str(home)}
    return subprocess.run(
        [*AS_ANYBODY, str(PINCITE), *arguments], env=environment, capture_output=True, text=True, check=False
    )


def test_a_server_is_refused_in_one_line_and_doctor_says_what_works(read_only: Path) -> None:
    served = run(read_only, "serve", "--port", "0")
    assert served.returncode == 2
    assert served.stderr.startswith(f"pincite: {read_only / 'default'} cannot be read and written")
    assert served.stderr.count("\n") == 1
    examined = run(read_only, "doctor")
    (line,) = (one for one in examined.stdout.splitlines() if " data folder: " in one)
    assert line.startswith("missing  ")
    assert "asking and listing work, and nothing is stored" in line
    assert examined.returncode == 0, examined.stdout
    assert examined.stderr == f"note: {read_only} cannot be written; nothing of this is stored\n"


def test_a_folder_of_somebody_else_is_one_line_too(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    (theirs / "default").mkdir(parents=True)
    theirs.chmod(0o000)
    served, examined = run(theirs, "serve", "--port", "0"), run(theirs, "doctor")
    theirs.chmod(0o700)
    assert (served.returncode, served.stderr.count("\n")) == (2, 1)
    assert f"{theirs} cannot be read and written by this user" in served.stderr
    assert (examined.returncode, examined.stderr) == (1, "")
    assert f"{theirs} cannot be read by this user" in examined.stdout


def contents(home: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def test_what_only_reads_goes_on_with_one_notice(read_only: Path) -> None:
    before = contents(read_only)
    listed = run(read_only, "list")
    (name,) = (line.split()[0] for line in listed.stdout.splitlines() if line.startswith("gateway-"))
    for arguments, said in (
        (("list",), "Heron gateway manual"),
        (("text", name), "supply of 12 volts"),
        (("show", f"{name}:0-5"), ">>>"),
        (("usage",), "no budget is set"),
        (("online", "status"), "answers checked"),
        (("ask", "How many volts does the Heron gateway need?"), "12 volts"),
    ):
        done = run(read_only, *arguments)
        assert done.returncode == 0, done.stderr
        assert said in done.stdout
        assert done.stderr == f"note: {read_only} cannot be written; nothing of this is stored\n"
    assert contents(read_only) == before


def test_what_writes_is_one_line(read_only: Path, documents: Path) -> None:
    done = run(read_only, "add", str(documents))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pincite: the data folder cannot be written by this user")
    assert done.stderr.count("\n") == 1
