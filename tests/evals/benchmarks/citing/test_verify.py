"""The benchmark of `pincite verify`: its truth is right, and it notices wrong judgements."""

from __future__ import annotations

from random import Random

import pytest

from evals.benchmarks.citing import verify
from evals.benchmarks.citing.verify_corpus import EDITS, STOCK, Edit, make_documents
from evals.benchmarks.citing.verify_report import report


def test_every_citation_of_a_small_corpus_is_judged_rightly() -> None:
    found = verify.measure(documents=24, answers=60, changed=len(EDITS))
    assert found["wrong"] == []
    assert found["right"] == found["citations"] > 60
    assert set(found["kinds"]) >= {*EDITS, "not changed"}
    assert found["exit_code"] == 1
    for kind, line in found["kinds"].items():
        assert f"| {kind} | {line['citations']} | {line['citations']} |" in report(found)


def test_sentences_stand_where_they_are_said_to() -> None:
    for document in make_documents(3, Random(1)):  # noqa: S311
        text, places = document.rendered()
        for section in document.sections:
            for paragraph in section.paragraphs:
                for one in paragraph:
                    start, end = places[one.name]
                    assert text[start:end] == one.text
                    assert text.count(one.text) == (3 if one.text == STOCK else 1)


@pytest.mark.parametrize("kind", EDITS)
def test_an_edit_changes_the_words_it_says_and_no_others(kind: str) -> None:
    rng = Random(2)  # noqa: S311
    for document in make_documents(5, rng):
        cited = [document.sections[1].paragraphs[0][1].name, document.sections[3].paragraphs[1][0].name]
        old, old_places = document.rendered()
        edit = EDITS[kind][1](document, cited, rng)
        if edit.document is None:
            continue
        new, places = edit.document.rendered()
        assert new != old or edit.document.path != document.path
        for name, (start, end) in old_places.items():
            stays = name in places and [new[slice(*places[name])].split()] == [old[start:end].split()]
            assert stays == (name not in edit.reworded)


def test_a_wrong_judgement_is_noticed() -> None:
    moved = verify.Expected("text put before", "moved", "a", 3, 9)
    there = {"doc_id": "a", "start": 3, "end": 9}
    assert verify.is_right(moved, {"state": "moved", "now": there})
    assert not verify.is_right(moved, {"state": "in_place", "now": there})
    for change in ({"doc_id": "b"}, {"start": 4}, {"end": 8}):
        assert not verify.is_right(moved, {"state": "moved", "now": there | change})
    gone = verify.Expected("document deleted", "gone")
    assert verify.is_right(gone, {"state": "gone", "now": None})
    assert not verify.is_right(gone, {"state": "broken", "now": None})
    assert Edit(None).reworded == set()
