"""Every error raised on purpose has the one base; a lost row file is one line, not a traceback."""

from __future__ import annotations

import ast
import importlib
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.compose import open_pincite
from app.errors import PinciteError
from app.retrieval.vectors.store import VectorStoreError
from app.settings import Settings
from tests.app.api.test_application import VOLTS, client_of, events_of, problem_of
from tests.support.cli import Command

ROOT = Path(__file__).resolve().parents[2]


def error_classes(package: str) -> Iterator[type[BaseException]]:
    """Every class of ``package`` whose name or base says that it is raised."""
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.parse(path.read_bytes()).body:
            if not isinstance(node, ast.ClassDef):
                continue
            bases = [ast.unparse(base) for base in node.bases]
            if any(base.endswith(("Error", "Exception")) for base in [node.name, *bases]):
                module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
                yield getattr(module, node.name)


@pytest.mark.parametrize("package", ["app", "evals"])
def test_every_error_has_the_base_and_a_code_of_its_own(package: str) -> None:
    found = [one for one in error_classes(package) if one is not PinciteError]
    assert found
    assert not [one for one in found if not issubclass(one, PinciteError)]
    codes = [one.code for one in found if issubclass(one, PinciteError)]
    assert sorted(codes) == sorted(set(codes)), "two errors share a code"
    assert "failed" not in codes, "that is the base's"
    for one in found:
        assert issubclass(one, PinciteError)
        assert 400 <= one.status < 600
        assert one.exit_code == 2
        assert one.code == one.code.lower().replace("_", "-")


def test_a_damaged_row_file_is_one_line_that_says_what_to_do(filled: Command, tmp_path: Path) -> None:
    (rows,) = (filled.home / "default" / "rows").glob("*.rows")
    rows.write_bytes(b"not rows" * 100)
    new = tmp_path / "new.md"
    new.write_text("# Roof\n\nThe roof terrace is open from May to September.\n")
    added = filled("add", new)
    assert added.code == 2
    assert "not a file of vectors" in added.err
    assert "run: pincite rebuild" in added.err
    assert added.err.strip().count("\n") == 0

    doctor = filled("doctor")
    assert doctor.code == 1
    (broken,) = [line for line in doctor.out.splitlines() if line.startswith("broken")]
    assert "not a file of vectors" in broken
    assert doctor.err == ""

    # Words still find: an answer without vectors is better than none, and says so.
    asked = filled("ask", VOLTS)
    assert asked.code == 0
    assert "12 volts" in asked.out
    assert "Traceback" not in asked.out + asked.err
    assert "RowFileError" in asked.out + asked.err

    rows.unlink()
    assert filled("add", new).code == 0
    assert filled("doctor").code == 0


@pytest.mark.parametrize("damage", ["missing", "empty"])
def test_lost_rows_are_told_and_made_anew_by_the_next_writer(
    filled: Command, documents: Path, damage: str
) -> None:
    (rows,) = (filled.home / "default" / "rows").glob("*.rows")
    rows.write_bytes(b"")
    if damage == "missing":
        rows.unlink()
    doctor = filled("doctor")
    assert doctor.code == 1
    (broken,) = [line for line in doctor.out.splitlines() if line.startswith("broken")]
    assert "the vectors are missing from the vector store rows; run: pincite rebuild" in broken
    asked = filled("ask", VOLTS)
    assert asked.code == 0
    assert "VectorStoreError" in asked.out + asked.err

    added = filled("add", documents, "--source", "handbook")
    assert added.code == 0
    assert added.err.startswith("the vectors of ")
    assert added.err.count("\n") == 1
    assert filled("doctor").code == 0
    assert filled("ask", VOLTS).err == ""


class _Failing:
    """An application whose every question fails on purpose."""

    may_ask = False

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def aask(self, *_: object, **__: object) -> object:
        raise self.error

    async def astream(self, *_: object, **__: object) -> AsyncIterator[object]:
        for error in [self.error]:
            raise error
        yield None


@pytest.mark.anyio
async def test_http_maps_from_the_class() -> None:
    class BusyError(PinciteError):
        code = "busy"
        retryable = True
        status = 503

    async with client_of(_Failing(BusyError("too busy; try again in a minute"))) as client:
        response = await client.post("/v1/answers", json={"question": "x"})
        streamed = await client.post("/v1/answers", json={"question": "x", "stream": True})
    document = problem_of(response)
    assert (document["status"], document["code"], document["retryable"]) == (503, "busy", True)
    assert document["detail"] == "too busy; try again in a minute"
    ((kind, data),) = events_of(streamed.text)
    assert (kind, data) == ("error", document)


def test_what_is_swallowed_is_logged_once_with_its_traceback(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (rows,) = (home / "default" / "rows").glob("*.rows")
    rows.unlink()
    with open_pincite(Settings(home=home)) as pincite, caplog.at_level(logging.WARNING):
        answer = pincite.ask(VOLTS)
    assert any("VectorStoreError" in notice for notice in answer.notices)
    logged = [one for one in caplog.records if one.exc_info and one.exc_info[0] is VectorStoreError]
    assert len(logged) == len(answer.receipt["retrievals"])
    assert VOLTS not in logged[0].getMessage()
