"""Vectors of windows from their passage's own tokens, with the carried embedder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings, TokenStates
from app.retrieval.embedding.stored_vectors import StoredVectors
from app.retrieval.ranking.window_vectors import WindowedText, WindowVectors
from app.retrieval.ranking.windows import windows

QUESTION = "How long can I return a kettle?"
FILLER = "The harbour was rebuilt after the great storm and its wharves now serve the fishing fleet. "
ANSWER = "A kettle can be returned within thirty days of the purchase. "
PASSAGE = WindowedText(("Shop", "Returns"), FILLER * 3 + ANSWER + FILLER * 2)
LONG = WindowedText(("Harbour",), FILLER * 20 + ANSWER)
"""More than the 256 tokens of one run; its answer stands behind them."""
VERY_LONG = WindowedText((), FILLER * 60 + ANSWER)


class Counting(MiniLMEmbeddings):
    """Remembers the texts the model was run on for the states of their tokens."""

    def __init__(self) -> None:
        super().__init__(threads=1)
        self.ran: list[str] = []

    def states(self, text: str) -> TokenStates:
        self.ran.append(text)
        return super().states(text)


@pytest.fixture
def encoder() -> Counting:
    return Counting()


def opened(encoder: Counting, folder: Path) -> WindowVectors:
    passages = StoredVectors(encoder, encoder.fingerprint, folder / "embeddings.sqlite")
    return WindowVectors(encoder, passages, folder / "windows.sqlite")


@pytest.mark.parametrize("text", [PASSAGE, LONG, VERY_LONG])
def test_the_window_that_answers_is_the_nearest_however_far_behind(
    encoder: Counting, tmp_path: Path, text: WindowedText
) -> None:
    (found,) = opened(encoder, tmp_path).of([text])
    assert found.spans == windows(text.text)
    cosines = found.cosines(encoder.embed_query_array(QUESTION))
    start, end = found.spans[int(np.argmax(cosines))]
    assert ANSWER.strip() in text.text[start:end]
    assert all(-1.0 <= cosine <= 1.0 for cosine in cosines)


def test_one_run_gives_the_passage_s_vector_and_its_windows(encoder: Counting, tmp_path: Path) -> None:
    store = opened(encoder, tmp_path)
    store.make([PASSAGE, PASSAGE])
    assert encoder.ran == [PASSAGE.whole]
    kept = StoredVectors(encoder, encoder.fingerprint, tmp_path / "embeddings.sqlite")
    plain = StoredVectors(encoder, encoder.fingerprint, tmp_path / "others.sqlite")
    assert np.array_equal(kept.embed_array([PASSAGE.whole]), plain.embed_array([PASSAGE.whole]))
    store.make([PASSAGE])
    (found,) = opened(encoder, tmp_path).of([PASSAGE])
    assert found.finished
    assert encoder.ran == [PASSAGE.whole]


def test_headings_count_and_are_no_window(encoder: Counting, tmp_path: Path) -> None:
    below, bare = opened(encoder, tmp_path).of([PASSAGE, WindowedText((), PASSAGE.text)])
    assert below.spans == bare.spans
    asked = encoder.embed_query_array("Shop returns")
    assert np.mean(below.cosines(asked)) > np.mean(bare.cosines(asked)) + 0.05


def test_what_ingestion_left_of_a_very_long_passage_is_made_when_it_is_asked_for(
    encoder: Counting, tmp_path: Path
) -> None:
    store = opened(encoder, tmp_path)
    store.make([VERY_LONG])
    assert len(encoder.ran) == 2
    (found,) = store.of([VERY_LONG])
    ran = len(encoder.ran)
    assert ran > 2
    assert found.finished
    (again,) = opened(encoder, tmp_path).of([VERY_LONG])
    asked = encoder.embed_query_array(QUESTION)
    assert again.cosines(asked) == found.cosines(asked)
    assert len(encoder.ran) == ran


def test_a_passage_of_one_window_has_none_and_is_not_made_again(encoder: Counting, tmp_path: Path) -> None:
    store = opened(encoder, tmp_path)
    short = [WindowedText(("Shop",), ANSWER.strip()), WindowedText((), "")]
    store.make(short)
    assert [one.spans for one in store.of(short)] == [[], []]
    assert [one.cosines(np.zeros(384, np.float32)) for one in store.of(short)] == [[], []]
    assert len(encoder.ran) == 2


def test_a_file_that_cannot_be_written_costs_time_only(
    encoder: Counting, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "windows.sqlite").mkdir()
    store = opened(encoder, tmp_path)
    store.make([PASSAGE])
    (found,) = store.of([PASSAGE])
    assert found.finished
    assert "vectors of windows are not kept" in caplog.text


def test_the_oldest_are_forgotten_first(
    encoder: Counting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.retrieval.ranking.window_vectors._AT_LEAST", 1)
    store = opened(encoder, tmp_path)
    store.keep(1)  # there is no file yet
    store.make([PASSAGE])
    store.make([LONG])
    store.keep(1)
    ran = len(encoder.ran)
    opened(encoder, tmp_path).of([LONG])
    assert len(encoder.ran) == ran
    opened(encoder, tmp_path).of([PASSAGE])
    assert len(encoder.ran) == ran + 1


def test_what_was_asked_for_lately_needs_no_file(
    encoder: Counting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.retrieval.ranking.window_vectors._IN_MEMORY", 1)
    store = opened(encoder, tmp_path)
    store.of([LONG, PASSAGE])
    ran = len(encoder.ran)
    (tmp_path / "windows.sqlite").unlink()
    store.of([PASSAGE])
    assert len(encoder.ran) == ran
    store.of([LONG])
    assert len(encoder.ran) > ran
