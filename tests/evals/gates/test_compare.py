"""What blocks, what does not, and what cannot be compared."""

from __future__ import annotations

import pytest

from evals.errors import EvalError
from evals.gates.compare import compare
from tests.evals.runs import item, run, toy


def test_the_same_run_passes() -> None:
    found = compare(toy([3]), toy([3]))
    assert not found.blocks
    assert (found.newly_failing, found.newly_passing, found.notes) == ([], [], [])


def test_a_clear_fall_blocks_and_names_the_items() -> None:
    found = compare(toy(), toy(range(12)))
    assert found.blocks
    assert found.newly_failing == [f"q{number:03}" for number in range(12)]
    assert any(line.metric == "correct" and line.blocks for line in found.lines)
    assert any(reason.startswith("Right: 1.000 to 0.800") for reason in found.reasons)


def test_a_rise_does_not_block() -> None:
    found = compare(toy(range(12)), toy())
    assert not found.blocks
    assert len(found.newly_passing) == 12


def test_a_fall_within_chance_does_not_block() -> None:
    assert not compare(toy(), toy(range(3))).blocks


@pytest.mark.parametrize(("fallen", "blocks"), [(5, False), (8, True)])
def test_one_of_many_metrics_may_fall_by_chance(fallen: int, blocks: bool) -> None:
    """Five falls of one metric are p = 1/32 alone, but there are seven metrics to fall."""
    worse = [item(f"q{n:03}", metrics={"span_recall@20": float(n >= fallen)}) for n in range(60)]
    found = compare(toy(), run(worse))
    (line,) = (line for line in found.lines if line.metric == "span_recall@20")
    assert line.difference.most < 0
    assert found.blocks is blocks


def test_what_informs_does_not_block() -> None:
    worse = [item(f"q{n:03}", metrics={"doc_mrr": 0.0}, latency_ms=9999.0) for n in range(60)]
    found = compare(toy(), run(worse))
    assert not found.blocks
    (line,) = (line for line in found.lines if line.metric == "doc_mrr")
    assert (line.difference.mean, line.p) == (-1, None)


@pytest.mark.parametrize("metric", ["leaks", "invalid_citations", "fabricated_sources"])
def test_what_must_not_happen_blocks_though_it_happened_before(metric: str) -> None:
    bad = run([item("q000", metrics={metric: 1.0}), *(item(f"q{n:03}") for n in range(1, 60))])
    assert compare(bad, bad).blocks
    assert not compare(bad, toy()).blocks


def test_an_item_that_raised_blocks() -> None:
    broken = run([item("q000", error="ValueError: no"), *(item(f"q{n:03}") for n in range(1, 60))])
    assert "q000" in compare(toy(), broken).reasons[0]


def test_items_of_one_document_are_one_piece_of_evidence() -> None:
    """Twelve items fail, all on the same document: that may be chance as one coin is."""

    def of_one(wrong: range) -> object:
        return run(
            [item(f"q{n:03}", n not in wrong, documents=["same" if n < 12 else f"d{n}"]) for n in range(60)]
        )

    assert not compare(of_one(range(0)), of_one(range(12))).blocks  # type: ignore[arg-type]


def test_a_margin_asks_for_proof_that_little_was_lost() -> None:
    assert not compare(toy(), toy(), margin=0.05).blocks
    found = compare(toy(), toy(range(3)), margin=0.05)
    assert found.blocks
    assert "is allowed" in found.reasons[0]
    assert not compare(toy(), toy(range(3)), margin=0.2).blocks


def test_differing_settings_prompts_and_models_are_said() -> None:
    other = toy(settings="t" * 16, prompts={"answer": "q" * 64}, models=["m"], corpus_sha256="e" * 64)
    assert len(compare(toy(), other).notes) == 4


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"suite": "other"}, "different suites"),
        ({"dataset_sha256": "e" * 64}, "not those of the baseline"),
        ({"stage": "retrieve"}, "of the stage"),
    ],
)
def test_runs_of_other_questions_are_not_compared(changed: dict[str, str], message: str) -> None:
    with pytest.raises(EvalError, match=message):
        compare(toy(), toy(**changed))  # type: ignore[arg-type]


def test_other_ids_are_not_compared() -> None:
    with pytest.raises(EvalError, match=r"1 are in one only, e\.g\. q059"):
        compare(toy(), toy(n=59))
