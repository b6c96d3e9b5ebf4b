"""Signed answers: whatever is changed is found, by us and by the script that does without us."""

from __future__ import annotations

import copy
import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.compose import open_pincite
from app.observability.receipt_signature import (
    KEY_FILE,
    ReceiptSigner,
    fingerprint,
    pem,
    read_pem,
    what_is_wrong,
)
from app.settings import Settings
from graphs.contracts import Answer
from graphs.state import AskContext
from tests.support.cli import Command
from tests.support.finished_answers import finished

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "examples" / "check_receipt.py"
VOLTS = "How many volts does the Heron gateway need?"


def script(*given: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *map(str, given)], capture_output=True, text=True, check=False
    )


@pytest.fixture
def signer(tmp_path: Path) -> ReceiptSigner:
    return ReceiptSigner(tmp_path)


def test_an_answer_holds_with_its_key_and_no_other(signer: ReceiptSigner, tmp_path: Path) -> None:
    signed = signer(finished())
    assert what_is_wrong(signed, signer.public_key()) == ""
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    other = ReceiptSigner(tmp_path / "other").public_key()
    assert "another key" in what_is_wrong(signed, other)
    named = dict(signed["receipt"]["signature"], key=fingerprint(other))
    forged = {**signed, "receipt": {**signed["receipt"], "signature": named}}
    assert "not as it was signed" in what_is_wrong(forged, other)
    assert read_pem(pem(signer.public_key()).encode()) == signer.public_key()


def test_what_other_programs_make_of_the_file_holds(signer: ReceiptSigner) -> None:
    signed = Answer.model_validate(signer(finished()))
    for written in (signed.model_dump_json(), json.dumps(signed.model_dump(), indent=4, sort_keys=True)):
        assert what_is_wrong(json.loads(written), signer.public_key()) == ""


def test_every_changed_byte_that_says_something_else_is_found(signer: ReceiptSigner) -> None:
    signed = json.loads(json.dumps(signer(finished())))
    written = json.dumps(signed, separators=(",", ":")).encode()
    key = signer.public_key()
    found = 0
    for at in range(len(written)):
        changed = bytearray(written)
        changed[at] ^= 1 << (5 * at % 7)
        try:
            data = json.loads(changed)
        except ValueError:
            continue
        assert isinstance(data, dict)
        assert data != signed, "no byte of compact JSON is there for nothing"
        assert what_is_wrong(data, key), (at, changed[at : at + 1])
        found += 1
    assert found > 1000


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one["receipt"].pop("signature"),
        lambda one: one.pop("receipt"),
        lambda one: one["receipt"]["signature"].update(algorithm="none"),
        lambda one: one["receipt"]["signature"].update(more=1),
        lambda one: one["receipt"]["signature"].update(value="not base64!"),
        lambda one: one["receipt"]["signature"].update(value=""),
        lambda one: one["citations"].clear(),
        lambda one: one.update(more=None),
        lambda one: one["receipt"].update(usage=float("nan")),
    ],
    ids=["no signature", "no receipt", "algorithm", "field", "base64", "empty", "citations", "more", "nan"],
)
def test_no_way_around(change: Any, signer: ReceiptSigner) -> None:
    signed = copy.deepcopy(dict(signer(finished())))
    change(signed)
    assert what_is_wrong(signed, signer.public_key())


def test_an_answer_that_cannot_be_signed_leaves_without(
    signer: ReceiptSigner, caplog: pytest.LogCaptureFixture
) -> None:
    given = finished(score=float("nan"))
    assert signer(given) is given
    assert "could not be signed" in caplog.text


def test_a_damaged_key_costs_the_signature_and_not_the_answer(home: Path) -> None:
    (home / "default" / KEY_FILE).write_bytes(b"short")
    with open_pincite(Settings(home=home)) as pincite:
        answer = pincite.ask(VOLTS)
    assert answer.status == "answered"
    assert "signature" not in answer.receipt


@pytest.mark.parametrize("status", ["answered", "abstained", "refused", "failed"])
def test_whatever_became_of_a_question_its_receipt_is_kept_and_signed(home: Path, status: str) -> None:
    asked = {"answered": VOLTS, "abstained": "Who won the chess championship of 1927?", "refused": " "}
    with open_pincite(Settings(home=home)) as pincite:
        if status == "failed":
            context = AskContext(top_k="many")  # type: ignore[arg-type]
            answer = pincite.ask(VOLTS, context=context)
        else:
            answer = pincite.ask(asked[status])
        assert answer.status == status
        kept = pincite.corpus.answers.get(answer.id)
    assert kept == json.loads(answer.model_dump_json())
    assert kept["receipt"]["steps"] or status == "failed"
    assert what_is_wrong(kept, ReceiptSigner(home / "default").public_key()) == ""


def test_forgetting_takes_the_hashes_and_the_signature_with_the_words(home: Path) -> None:
    with open_pincite(Settings(home=home)) as pincite:
        answer = pincite.ask(VOLTS)
        assert [one["number"] for one in answer.receipt["quotes"]] == [one.number for one in answer.citations]
        assert pincite.forget(document=answer.citations[0].doc_id).done
        left = pincite.corpus.answers.get(answer.id)
    gone = {one["number"] for one in left["citations"] if not one["quote"]}
    assert gone
    assert not gone & {one["number"] for one in left["receipt"]["quotes"]}
    assert "forget" in what_is_wrong(left, ReceiptSigner(home / "default").public_key())


def test_the_script_needs_no_pincite_and_agrees(filled: Command, tmp_path: Path) -> None:
    answer, key = tmp_path / "answer.json", tmp_path / "key.pem"
    answer.write_text(filled("ask", VOLTS, "--json").out)
    key.write_text(filled("receipts", "key").out)
    asked = Answer.model_validate_json(answer.read_text())
    assert filled("receipts", "check", str(answer)).out == f"{asked.id}: signed and unchanged\n"
    cited = asked.citations[0]
    text = tmp_path / "stored.txt"
    text.write_text(filled("text", cited.doc_id, "--version", cited.version).out)
    good = script(answer, "--key", key, "--text", text)
    assert (good.returncode, good.stdout) == (0, f"signed and unchanged: {asked.id}\n"), good
    assert "pincite" not in SCRIPT.read_text().split('"""')[2].replace("`pincite receipts key`", "")
    assert len(SCRIPT.read_text().splitlines()) < 150

    changed = json.loads(answer.read_text())
    changed["citations"][0]["quote"] = changed["citations"][0]["quote"].replace("12", "13")
    answer.write_text(json.dumps(changed))
    bad = filled("receipts", "check", str(answer))
    assert (bad.code, bad.out) == (1, f"{asked.id}: it is not as it was signed\n")
    found = script(answer, "--key", key, "--text", text)
    assert found.returncode == 1
    assert found.stdout.splitlines() == [
        "it is not as it was signed",
        "the quote of [1] has another hash than the receipt says",
        "the quote of [1] is not where it is said to be",
    ]
    answer.write_text('{"id": 1, "id": 2}')
    assert script(answer, "--key", key).returncode == 2
    assert filled("receipts", "check", str(answer)).code == 2
    assert filled("receipts", "check", str(answer), "--key", str(answer)).code == 2


def test_the_script_writes_numbers_as_the_application_does(signer: ReceiptSigner, tmp_path: Path) -> None:
    numbers = [0.1, 1e21, 1e-7, 123456789.125, -2.5e-9, 1e300, 5e-324, 100.0, 12345678901234567890, -0.0]
    answer, key = tmp_path / "answer.json", tmp_path / "key.pem"
    answer.write_text(json.dumps(signer(finished(numbers=numbers))))
    key.write_text(pem(signer.public_key()))
    assert script(answer, "--key", key).returncode == 0
