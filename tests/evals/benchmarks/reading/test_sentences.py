from __future__ import annotations

from pathlib import Path

import pytest

from evals.benchmarks.reading.sentences import SENTENCES, UNSEEN, ends_of, languages_of, main, measure, ours


def test_ends_lie_before_what_joins_the_sentences() -> None:
    assert ends_of(["ab.", "c.", "d."], " ") == {3, 6}
    assert ends_of(["甲。", "乙。"], "") == {2}


@pytest.mark.parametrize("language", languages_of(SENTENCES))
def test_sentences_of_every_language_come_apart(language: str) -> None:
    # Thai has no mark at a sentence's end.
    assert measure(ours, [language])["f1"] >= (0.3 if language == "th" else 0.95)


def test_so_do_those_that_the_rules_were_not_made_with() -> None:
    assert measure(ours, languages_of(UNSEEN), UNSEEN)["f1"] >= 0.95


def test_one_cut_too_many_and_one_too_few_are_counted() -> None:
    found = measure(lambda _language, text: {1, len(text)}, ["en"])
    assert (found["found"], found["f1"], found["made_up"]) == (0, 0, 3)
    assert found["missed"] > 15


def test_without_public_data_its_part_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PINCITE_EVAL_DATA", raising=False)
    assert main(["--out", str(tmp_path)]) == 0
    assert "xquad" in capsys.readouterr().err
    assert "| en | 1.000 (0 + 0) |" in (tmp_path / "sentences.md").read_text()
