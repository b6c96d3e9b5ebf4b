"""Embeddings from an OpenAI-compatible endpoint."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from app.retrieval.embedding.embedder import EmbeddingError, make_embedder
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.settings import EmbeddingSettings
from tests.support.embedding_server import EmbeddingServer, letters, serve_embeddings


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    with serve_embeddings() as server:
        yield server


def remote(url: str, model: str = "acme-embed") -> EmbeddingSettings:
    return EmbeddingSettings(
        provider="openai", model=model, base_url=url, api_key=SecretStr("sk-test"), timeout_s=5
    )


def test_the_default_is_the_carried_model() -> None:
    made = make_embedder(EmbeddingSettings())
    assert isinstance(made.embeddings, MiniLMEmbeddings)
    assert made.fingerprint == made.embeddings.fingerprint


def test_the_endpoint_is_sent_plain_text_and_nobody_else_is_contacted(
    server: EmbeddingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def only_loopback(host: object, *rest: object, **named: object) -> object:
        assert host in ("127.0.0.1", b"127.0.0.1")
        return real(host, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", only_loopback)
    made = make_embedder(remote(server.url))
    found = made.embeddings.embed_documents(["Abba", "Köln"])
    assert found == [pytest.approx(letters("Abba")), pytest.approx(letters("Köln"))]
    assert made.embeddings.embed_query("Abba") == pytest.approx(letters("Abba"))
    assert [request["input"] for request in server.requests] == [["Abba", "Köln"], ["Abba"]]
    assert {request["model"] for request in server.requests} == {"acme-embed"}
    assert set(server.paths) == {"/v1/embeddings"}


def test_models_have_spaces_of_their_own(server: EmbeddingServer) -> None:
    names = [make_embedder(remote(server.url, model)).fingerprint for model in ("one", "two")]
    assert names == ["openai-one", "openai-two"]


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_a_failure_is_one_clear_line_without_the_key(server: EmbeddingServer, status: int) -> None:
    server.status = status
    with pytest.raises(EmbeddingError, match=f"acme-embed at {server.url}.*HTTP {status}") as caught:
        make_embedder(remote(server.url)).embeddings.embed_query("hello")
    assert "sk-test" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_endpoint_that_is_down_is_one_clear_line() -> None:
    with pytest.raises(EmbeddingError, match=r"APIConnectionError.*PINCITE_EMBEDDING__BASE_URL"):
        make_embedder(remote("http://127.0.0.1:9/v1")).embeddings.embed_documents(["hello"])


def test_a_missing_key_is_one_clear_line() -> None:
    settings = EmbeddingSettings(provider="openai", base_url="http://127.0.0.1:9/v1")
    with pytest.raises(EmbeddingError, match="OPENAI_API_KEY"):
        make_embedder(settings)
