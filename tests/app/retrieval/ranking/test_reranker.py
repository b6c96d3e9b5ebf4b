"""Which reranker the settings give, and one behind HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from pydantic import SecretStr

from app.errors import SettingsError
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.retrieval.ranking.evidence_cut import EvidenceCut
from app.retrieval.ranking.late_interaction import LateInteraction
from app.retrieval.ranking.rerank_endpoint import RerankEndpoint, RerankError
from app.retrieval.ranking.reranker import make_order
from app.retrieval.ranking.window_rerank import WindowRerank
from app.settings import RerankSettings

DOCUMENTS = [
    Document(text, id=text, metadata={"headings": ["Manual"], "scores": {"fused": 0.5}})
    for text in ("one", "two", "three")
]


class _Scripted:
    """Answers ``reply`` with ``status``; remembers what was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.reply: Any = {
            "results": [
                {"index": 2, "relevance_score": 0.9},
                {"index": 0, "relevance_score": -3.0},
                {"index": 1, "relevance_score": 0.1},
            ]
        }
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []


@pytest.fixture
def endpoint() -> Iterator[_Scripted]:
    scripted = _Scripted()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/rerank"
            scripted.requests.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            scripted.keys.append(self.headers["authorization"])
            raw = json.dumps(scripted.reply).encode()
            self.send_response(scripted.status)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    scripted.url = f"http://127.0.0.1:{server.server_address[1]}/v1/"
    try:
        yield scripted
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def endpoint_at(base_url: str, **options: Any) -> RerankEndpoint:
    return RerankEndpoint(base_url=base_url, **{"timeout_s": 5.0, "candidates": 20, "weight": 0.3, **options})


def test_the_endpoint_is_asked_as_cohere_and_jina_are_and_its_order_taken(endpoint: _Scripted) -> None:
    reranker = endpoint_at(base_url=endpoint.url, model="rank-1", api_key=SecretStr("key"))
    found = reranker.compress_documents(DOCUMENTS, "how?")
    assert [document.id for document in found] == ["three", "two", "one"]
    assert endpoint.requests == [
        {
            "query": "how?",
            "documents": ["Manual\none", "Manual\ntwo", "Manual\nthree"],
            "top_n": 3,
            "model": "rank-1",
        }
    ]
    assert endpoint.keys == ["Bearer key"]
    assert "key" not in repr(reranker).replace("api_key", "")


@pytest.mark.parametrize(
    ("status", "reply", "said"),
    [
        (500, {}, "HTTP 500"),
        (401, {}, "HTTP 401"),
        (200, {"results": []}, "without a score for every document"),
        (200, [], "without a score"),
        (200, {"results": [{"index": n, "relevance_score": float("nan")} for n in range(3)]}, "not a number"),
    ],
)
def test_an_endpoint_that_does_not_rank_is_one_clear_line(
    endpoint: _Scripted, status: int, reply: Any, said: str
) -> None:
    endpoint.status, endpoint.reply = status, reply
    with pytest.raises(RerankError, match=said) as error:
        endpoint_at(base_url=endpoint.url).compress_documents(DOCUMENTS, "how?")
    assert "PINCITE_RERANK__BASE_URL" in str(error.value)


def test_a_silent_endpoint_is_given_up_in_time() -> None:
    reranker = endpoint_at(base_url="http://127.0.0.1:9", timeout_s=0.5)
    with pytest.raises(RerankError, match="Connect"):
        reranker.compress_documents(DOCUMENTS, "how?")


def test_the_cut_takes_the_better_order(endpoint: _Scripted) -> None:
    order = endpoint_at(base_url=endpoint.url, weight=1.0)
    cut = EvidenceCut(order=order, passages=2, characters=6000, floor=0.0, unit="passages")
    kept = cut.compress_documents(DOCUMENTS, "how?")
    assert [document.id for document in kept] == ["three", "two"]


def one_passage() -> EvidenceCut:
    return EvidenceCut(passages=1, characters=6000, floor=0.0, unit="passages")


def make(folder: Path, embeddings: Any = None, **settings: Any) -> Any:
    embeddings = embeddings or MiniLMEmbeddings()
    parts = EmbeddingCache(embeddings)
    return make_order(
        RerankSettings(**settings), embeddings, parts, folder, lambda words: dict.fromkeys(words, 1.0)
    )


def test_windows_are_the_default_with_the_carried_embedder_and_on_demand_with_another(tmp_path: Path) -> None:
    other = DeterministicFakeEmbedding(size=8)
    assert isinstance(make(tmp_path), WindowRerank)
    assert make(tmp_path, other) is None
    assert isinstance(make(tmp_path, other, method="windows"), WindowRerank)
    assert make(tmp_path, method="windows", candidates=7).candidates == 7
    assert (make(tmp_path).candidates, make(tmp_path, method="late_interaction").candidates) == (10, 20)


def test_settings_choose(tmp_path: Path) -> None:
    assert make(tmp_path, method="none") is None
    assert isinstance(make(tmp_path, method="late_interaction"), LateInteraction)
    assert make(tmp_path, DeterministicFakeEmbedding(size=8), method="late_interaction") is None
    assert isinstance(make(tmp_path, method="endpoint", base_url="http://rank"), RerankEndpoint)
    imported = make(tmp_path, method="import", factory=f"{__name__}:one_passage")
    assert isinstance(imported, EvidenceCut)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"method": "endpoint"}, "set PINCITE_RERANK__BASE_URL"),
        ({"method": "import"}, "package.module:function"),
        ({"method": "import", "factory": "nowhere_at_all:make"}, "cannot be imported"),
        ({"method": "import", "factory": "json:dumps_all"}, "cannot be imported"),
        ({"method": "import", "factory": "builtins:dict"}, "gives a dict"),
    ],
)
def test_settings_that_cannot_work_are_one_clear_line(
    tmp_path: Path, settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        make(tmp_path, **settings)
