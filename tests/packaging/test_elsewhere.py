"""A receipt on another machine: checked by a script that knows no Pincite, replayed by the wheel."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(sysconfig.get_path("purelib"))
VOLTS = "How many volts does the Heron gateway need?"
BEARING = ("cryptography", "cffi", "pycparser", "_cffi_backend")
"""What the script needs, and nothing else is where it runs."""

NOBODY = 65534


@dataclass
class Machine:
    """A folder that is all of a machine, with a user and a name of its own where we may set them."""

    folder: Path
    site: Path

    def run(self, *command: str | Path, code: int = 0) -> str:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "USER": "somebody",
            "LANG": "C.UTF-8",
            "PINCITE_HOME": str(self.folder / "data"),
            "PYTHONPATH": os.pathsep.join([str(self.site), str(SITE)]),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            [str(one) for one in command],
            cwd=self.folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def pincite(self, *arguments: str | Path, code: int = 0) -> str:
        """The wheel's command: `-S` keeps the checkout, which is on this environment's path, out of sight."""
        begin = "import sys; from pincite.app.main import main; sys.argv[0] = 'pincite'; main()"
        return self.run(sys.executable, "-S", "-c", begin, *arguments, code=code)

    def run_error(self, *arguments: str) -> str:
        """What a command says that cannot be done."""
        with pytest.raises(AssertionError) as said:
            self.pincite(*arguments)
        return str(said.value)


@pytest.fixture(scope="module")
def first(installed: Path, tmp_path_factory: pytest.TempPathFactory, documents: Path) -> Machine:
    """Where it was asked: documents, an answer, the public key, the text that is cited."""
    machine = Machine(tmp_path_factory.mktemp("first"), installed)
    machine.pincite("add", documents, "--source", "handbook")
    answer = machine.pincite("ask", VOLTS, "--json")
    (machine.folder / "answer.json").write_text(answer)
    (machine.folder / "public.pem").write_text(machine.pincite("receipts", "key"))
    cited = json.loads(answer)["citations"][0]
    text = machine.pincite("text", cited["doc_id"], "--version", cited["version"])
    # Printing adds a line's end where the text has none.
    (machine.folder / "stored.txt").write_text(text)
    return machine


@pytest.fixture
def second(first: Machine, installed: Path, tmp_path: Path) -> Machine:
    """Elsewhere: only what was handed over."""
    machine = Machine(tmp_path / "elsewhere", installed)
    machine.folder.mkdir()
    for name in ("answer.json", "public.pem", "stored.txt"):
        shutil.copy(first.folder / name, machine.folder / name)
    return machine


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A fresh virtual environment that holds `cryptography` and what that needs."""
    folder = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    for found in (one for name in BEARING for one in SITE.glob(f"{name}*") if not one.name.endswith("-info")):
        if found.is_dir():
            shutil.copytree(found, site / found.name)
        else:
            shutil.copy(found, site)
    return folder / "bin" / "python"


def checked(python: Path, machine: Machine, *more: str) -> tuple[int, str]:
    """The script alone, isolated, as a user who owns nothing here where that can be had."""
    script = shutil.copy(ROOT / "examples" / "check_receipt.py", machine.folder)
    command: list[str | Path] = [python, "-I", script, "answer.json", "--key", "public.pem", *more]
    as_nobody: dict[str, Any] = {}
    if os.geteuid() == 0 and _may_enter(machine.folder):
        as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    done = subprocess.run(
        command, cwd=machine.folder, env={}, capture_output=True, text=True, check=False, **as_nobody
    )
    return done.returncode, done.stdout + done.stderr


def _may_enter(folder: Path) -> bool:
    """Whether others may look into all of it: a test's folders are its owner's alone."""
    return all(one.stat().st_mode & 0o005 == 0o005 for one in (folder, *folder.parents))


def test_a_stranger_checks_it_and_finds_a_changed_byte(second: Machine, bare: Path) -> None:
    alone = subprocess.run([bare, "-I", "-c", "import pincite"], capture_output=True, check=False)
    assert b"No module named 'pincite'" in alone.stderr
    code, said = checked(bare, second, "--text", "stored.txt")
    assert (code, said.partition(":")[0]) == (0, "signed and unchanged")
    path = second.folder / "answer.json"
    whole = path.read_text()
    for before, after in (("12 volts", "24 volts"), ('"containment": 1.0', '"containment": 0.9')):
        assert before in whole
        path.write_text(whole.replace(before, after, 1))
        code, said = checked(bare, second)
        assert (code, "it is not as it was signed" in said) == (1, True), said
    path.write_text(json.dumps(json.loads(whole), indent=3, sort_keys=True))
    assert checked(bare, second)[0] == 0, "laid out anew it is the same"


def test_on_a_copied_home_the_answer_is_the_same_in_all(first: Machine, second: Machine) -> None:
    shutil.copytree(first.folder / "data", second.folder / "data")
    name = json.loads((second.folder / "answer.json").read_text())["id"]
    assert second.pincite("receipts", "check", "answer.json").endswith("signed and unchanged\n")
    found = json.loads(second.pincite("replay", name, "--json"))
    assert (found["same_answer"], found["differences"], found["documents"]) == (True, [], {})


def test_with_the_same_files_added_anew_it_is_the_same_answer_with_another_key(
    second: Machine, documents: Path
) -> None:
    files = second.folder / "their files"
    shutil.copytree(documents, files)
    second.pincite("add", files, "--source", "handbook")
    found = json.loads(second.pincite("replay", "answer.json", "--json"))
    assert (found["same_answer"], found["documents"], found["only_now"]) == (True, {}, [])
    assert {one["what"] for one in found["differences"]} <= {"index generation"}
    assert "signed with another key" in second.pincite("receipts", "check", "answer.json", code=1)
    assert "unchanged" in second.pincite("receipts", "check", "answer.json", "--key", "public.pem")
    assert "no stored answer" in second.run_error("replay", "abc")


def test_under_another_source_the_documents_are_known_by_their_text(second: Machine, documents: Path) -> None:
    second.pincite("add", documents, "--source", "elsewhere")
    said = second.pincite("replay", "answer.json")
    assert "the same answer" in said
    assert "is here as " in said
    assert "evidence: " in said


def test_where_the_documents_are_not_it_says_so(second: Machine) -> None:
    said = second.pincite("replay", "answer.json", code=1)
    assert "is not here: removed, or never added" in said
    assert said.endswith("another answer\n")
    (second.folder / "answer.json").write_text('{"id": "x", "citations": [], "receipt": {"question": 3}}')
    assert "not as ours are" in second.run_error("replay", "answer.json")
