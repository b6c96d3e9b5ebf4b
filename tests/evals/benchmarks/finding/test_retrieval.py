"""The benchmark end to end on made-up sets, with an embedder that hashes words."""

from __future__ import annotations

import json
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from app.ingestion.pipeline import PassageLength
from app.retrieval.embedding.embedder import NamedEmbeddings
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.ranking.window_rerank import WindowRerank
from app.settings import Settings
from evals.benchmarks.finding import retrieval as bench_retrieval
from evals.benchmarks.finding import retrieval_report
from evals.benchmarks.finding.bm25_floor import Bm25Floor
from evals.benchmarks.index import BenchIndex, build_index, load_item, nearest
from evals.benchmarks.public_data import DataItem, Floor, RetrievalSet, SetSpan
from evals.benchmarks.vector_cache import open_vector_cache


class WordHash(Embeddings):
    """A vector of 64 buckets of words; counts what it embeds and can break off."""

    def __init__(self, fail_after: int = 10**9) -> None:
        self.embedded = 0
        self.fail_after = fail_after

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        if self.embedded >= self.fail_after:
            raise KeyboardInterrupt
        self.embedded += 1
        vector = [0.0] * 64
        for word in text.lower().split():
            vector[zlib.crc32(word.strip(".?").encode()) % 64] += 1.0
        return vector


TOPICS = ("granite quarry", "harbour crane", "violin varnish", "glacier survey", "copper kiln", "bee colony")


def _write_set(folder: Path, name: str = "made_up") -> None:
    path = folder / name
    path.mkdir(parents=True)
    rows: dict[str, list[dict[str, Any]]] = {"corpus": [], "queries": []}
    qrels = "query-id\tcorpus-id\tscore\n"
    for number, topic in enumerate(TOPICS):
        text = f"The {topic} is kept by hand. " + f"Every {topic} needs room and time. " * 40
        rows["corpus"].append({"id": f"d{number}", "title": f"About the {topic}", "text": text})
        rows["queries"].append({"id": f"q{number}", "text": f"Who keeps the {topic}?"})
        qrels += f"q{number}\td{number}\t1\n"
    rows["queries"].append({"id": "q-none", "text": "What is not there?"})
    for kind, lines in rows.items():
        (path / f"{kind}.jsonl").write_text(
            "".join(json.dumps(row) + "\n" for row in lines), encoding="utf-8"
        )
    (path / "qrels.tsv").write_text(qrels, encoding="utf-8")


@pytest.fixture
def embedder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WordHash:
    """The benchmark over ``tmp_path/data``, with this embedder."""
    words = WordHash()
    monkeypatch.setattr(bench_retrieval, "make_embedder", lambda _: NamedEmbeddings(words, "word-hash"))
    monkeypatch.setenv("PINCITE_EVAL_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PINCITE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return words


def _report(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "retrieval.json").read_text(encoding="utf-8"))
    return found


def test_without_data_it_says_so_in_one_line(
    embedder: WordHash, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PINCITE_EVAL_DATA")
    assert bench_retrieval.main([]) == 2
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        "PINCITE_EVAL_DATA is not set: name the folder of public evaluation data there; nothing was measured"
    ]
    assert captured.out == ""


def test_a_folder_that_is_not_there_is_named(embedder: WordHash, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_retrieval.main([]) == 2
    assert "data is not a folder" in capsys.readouterr().err


def test_absent_sets_are_skipped_by_name(
    embedder: WordHash, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write_set(tmp_path / "data")
    assert bench_retrieval.main(["--sets", "scifact"]) == 2
    error = capsys.readouterr().err
    assert "scifact: absent, skipped" in error
    assert "made_up" not in error


def test_a_run_writes_scores_and_conditions_but_no_texts(embedder: WordHash, tmp_path: Path) -> None:
    _write_set(tmp_path / "data")
    assert bench_retrieval.main(["--out", str(tmp_path / "out")]) == 0
    report = _report(tmp_path / "out")
    split, whole = report["sets"]
    assert (split["layout"], whole["layout"]) == ("split", "whole")
    assert (split["questions"], split["unjudged"], split["documents"]) == (6, 1, 6)
    assert split["passages"] > whole["passages"] == 6
    assert split["scores"]["hybrid"]["ndcg@10"] == split["scores"]["default"]["ndcg@10"] == 1.0
    assert split["scores"]["lexical"]["recall@100"] == 1.0
    assert report["candidates"] == 100
    assert "scifact" in report["absent"]
    written = "".join(file.read_text(encoding="utf-8") for file in (tmp_path / "out").iterdir())
    assert "quarry" not in written
    assert str(tmp_path) not in written


def test_a_limited_run_leaves_the_committed_results_alone(
    embedder: WordHash, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _write_set(tmp_path / "data")
    monkeypatch.setattr(bench_retrieval, "RESULTS", tmp_path / "results")
    assert bench_retrieval.main(["--sets", "made_up"]) == 0
    assert "| made_up | 6 | 6 |" in capsys.readouterr().out
    assert not (tmp_path / "results").exists()
    assert bench_retrieval.main([]) == 0
    assert (tmp_path / "results" / "retrieval.md").is_file()


@pytest.mark.parametrize(("floor", "code"), [(Floor(1.0, 6), 0), (Floor(1.001, 6), 1), (Floor(1.001, 12), 0)])
def test_a_default_below_the_floor_of_these_questions_fails(
    floor: Floor,
    code: int,
    embedder: WordHash,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _write_set(tmp_path / "data")
    monkeypatch.setattr(bench_retrieval, "FLOORS", {"made_up": floor})
    assert bench_retrieval.main(["--sets", "made_up"]) == code
    assert ("made_up: the default 1.000 is below the floor, 1.001" in capsys.readouterr().err) == bool(code)


def test_a_set_without_a_stated_floor_is_told_of_and_fails_nothing(
    embedder: WordHash, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _write_set(tmp_path / "data")
    monkeypatch.setattr(bench_retrieval, "floor_scores", lambda data, index: [1.25] * 6)
    assert bench_retrieval.main(["--sets", "made_up"]) == 0
    captured = capsys.readouterr()
    assert "made_up: the default 1.000 is below a plain BM25 (no floor is stated), 1.250" in captured.err
    assert "| (**no**) |" in captured.out
    assert "Below a plain BM25, with no floor stated: made_up." in captured.out


def test_questions_are_sampled_the_same_every_time() -> None:
    questions = {f"q{n}": "Why?" for n in range(50)}
    data = RetrievalSet("made_up", (), questions)
    first, second = bench_retrieval.sample(data, 7), bench_retrieval.sample(data, 7)
    assert first.questions == second.questions
    assert len(first.questions) == 7
    assert bench_retrieval.sample(data, 0) is data


def test_a_second_run_embeds_nothing(embedder: WordHash, tmp_path: Path) -> None:
    _write_set(tmp_path / "data")
    bench_retrieval.main(["--sets", "made_up"])
    before = embedder.embedded
    assert before > 12
    bench_retrieval.main(["--sets", "made_up"])
    assert embedder.embedded == before


def test_an_interrupted_run_keeps_what_it_embedded(tmp_path: Path) -> None:
    texts = [f"text {n}" for n in range(300)]
    broken, whole = WordHash(fail_after=280), WordHash()
    with (
        open_vector_cache(tmp_path / "v.sqlite", NamedEmbeddings(broken, "a")) as cache,
        pytest.raises(KeyboardInterrupt),
    ):
        cache.vectors(texts)
    with open_vector_cache(tmp_path / "v.sqlite", NamedEmbeddings(whole, "a")) as cache:
        vectors = cache.vectors([*texts, "text 7"])
    assert whole.embedded == 300 - 256
    assert np.array_equal(vectors[7], vectors[300])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0)


def test_another_embedder_gets_other_vectors(tmp_path: Path) -> None:
    first, second = WordHash(), WordHash()
    for name, words in (("a", first), ("b", second)):
        with open_vector_cache(tmp_path / "v.sqlite", NamedEmbeddings(words, name)) as cache:
            cache.vectors(["one"])
    assert (first.embedded, second.embedded) == (1, 1)


def test_rows_of_equal_cosine_come_in_their_order() -> None:
    vectors = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]], dtype=np.float32)
    assert nearest(vectors, np.array([1.0, 0.0], dtype=np.float32), 2) == [(1, 1.0), (2, 1.0)]


def test_a_document_scores_as_much_as_its_best_passage() -> None:
    units = {"a:1": "a", "a:2": "a", "b:1": "b", "b:2": "b"}
    scores = {"a:1": 0.9, "b:1": 0.6, "a:2": 0.5, "b:2": 0.8}
    assert bench_retrieval.best_of_units(scores, units) == {"a": 0.9, "b": 0.8}


def test_rrf_sums_reciprocal_ranks() -> None:
    fused = bench_retrieval.reciprocal_rank_fusion({"a": 0.9, "b": 0.8}, {"b": 9.0, "c": 1.0})
    assert fused == pytest.approx({"a": 1 / 61, "b": 1 / 62 + 1 / 61, "c": 1 / 62})


def test_a_documents_own_source_is_taken_out_before_scoring(tmp_path: Path) -> None:
    items = (DataItem("own", "", "Tin melts early."), DataItem("gold", "", "Tin melts early, they say."))
    data = RetrievalSet(
        "made_up", items, {"q": "tin melts"}, {"q": {"gold": 1}}, left_out={"q": frozenset({"own"})}
    )
    index = build_index(data, tmp_path / "r.sqlite", "split", PassageLength(1000, 1400))
    vectors = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    settings = Settings().retrieval
    reranker = WindowRerank(vectors=EmbeddingCache(WordHash()))
    (run,) = bench_retrieval.ask(data, index, vectors, vectors[:1], settings, reranker)
    index.engine.dispose()
    assert {leg: ranked[0] for leg, ranked in run.ranked.items()} == dict.fromkeys(
        retrieval_report.LEGS, "gold"
    )
    assert bench_retrieval.floor_scores(data, index) == [1.0]


def test_a_passage_that_overlaps_a_gold_span_is_relevant(tmp_path: Path) -> None:
    text = "Alpha stands here. " * 40 + "\n\n" + "Omega stands there. " * 40
    place = text.index("Omega") + 25
    data = RetrievalSet(
        "spans", (DataItem("a", "", text),), {"q": "omega"}, spans={"q": (SetSpan("a", place, place + 5),)}
    )
    index = build_index(data, tmp_path / "r.sqlite", "split", PassageLength(1000, 1400))
    index.engine.dispose()
    assert index.units == index.passage_ids
    (relevant,) = index.qrels["q"]
    assert "Omega" in index.texts[index.passage_ids.index(relevant)]
    assert len(index.passage_ids) > 1


def test_spans_that_loading_would_move_are_an_error(tmp_path: Path) -> None:
    data = RetrievalSet(
        "spans", (DataItem("a", "", "One.\r\nTwo."),), {"q": "two"}, spans={"q": (SetSpan("a", 6, 10),)}
    )
    with pytest.raises(ValueError, match="loading changes a"):
        build_index(data, tmp_path / "r.sqlite", "split", PassageLength(1000, 1400))


@pytest.mark.parametrize(
    ("item", "media_type", "title"),
    [
        (DataItem("1", "", "# Leave\n\nAsk first."), "text/markdown", "Leave"),
        (DataItem("2", "Cost", "Costs:\n\n| a | b |\n|---|---|\n| 1 | 2 |"), "text/markdown", "Cost"),
        (DataItem("3", "Run", "Type this:\n# a comment\nls"), "text/plain", "Run"),
        (DataItem("4", "", "Plain words."), "text/plain", ""),
    ],
)
def test_items_are_read_as_the_product_reads_files(item: DataItem, media_type: str, title: str) -> None:
    loaded = load_item(item)
    assert loaded is not None
    assert (loaded.media_type, loaded.title) == (media_type, title)


def test_an_item_without_text_is_refused_and_counted(tmp_path: Path) -> None:
    data = RetrievalSet("made_up", (DataItem("a", "", " "), DataItem("b", "", "Words.")), {}, {})
    index: BenchIndex = build_index(data, tmp_path / "r.sqlite", "whole", PassageLength(1000, 1400))
    index.engine.dispose()
    assert (index.refused, index.units) == (1, ("b",))


def test_the_floor_is_bm25_by_the_book() -> None:
    bm25 = Bm25Floor(["tin tin roof", "the roof of slate", "lead"])
    (scores,) = bm25.scores(["Is tin the roofing?"])
    # tin: in 1 of 3 texts, twice in the first. roof (stemmed): in 2 of 3. "the" and "of" are stop words.
    mean = (3 + 2 + 1) / 3

    def part(found: int, count: int, length: int) -> float:
        idf = math.log(1 + (3 - found + 0.5) / (found + 0.5))
        return idf * count / (count + 0.9 * (1 - 0.4 + 0.4 * length / mean))

    expected = [part(1, 2, 3) + part(2, 1, 3), part(2, 1, 2), 0.0]
    assert scores.tolist() == pytest.approx(expected, rel=1e-6)
