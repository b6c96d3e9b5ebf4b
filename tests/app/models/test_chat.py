"""Chat models by name: what cannot work says so in one line."""

from __future__ import annotations

import pytest
from langchain_openai import ChatOpenAI

from app.models.chat import ModelError, make_chat_model
from app.settings import AnswerSettings
from app.testing.openai_server import Reply, serve_model
from graphs.calling.chains import ChainModel


@pytest.mark.parametrize("name", ["gpt", "nobody:gpt-9", "openai"])
def test_a_name_that_means_nothing_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(ModelError) as caught:
        make_chat_model(name, AnswerSettings())
    assert "\n" not in str(caught.value)
    assert "PINCITE_MODEL" in str(caught.value)


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelError, match="key"):
        make_chat_model("openai:gpt-4o-mini", AnswerSettings())


def test_the_client_neither_retries_nor_waits_longer_than_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    model = make_chat_model("openai:gpt-4o-mini", AnswerSettings(model_timeout_s=3, max_output_tokens=99))
    assert isinstance(model, ChatOpenAI)
    assert (model.max_retries, model.request_timeout, model.max_tokens) == (0, 3.0, 99)


def test_any_server_with_openais_wire_is_asked_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ollama, vLLM and llama.cpp's own server are such."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with serve_model([Reply(content="hi")]) as server:
        model = make_chat_model("openai:llama3.2", AnswerSettings(), server.url)
        assert model.invoke("hello").text == "hi"
        chunks = list(model.stream("hello"))
    assert any(chunk.usage_metadata for chunk in chunks)
    assert [request["model"] for request in server.requests] == ["llama3.2"] * 2
    assert server.keys[0] == "Bearer none"


def test_an_address_is_for_openais_wire_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    assert ChainModel(make_chat_model("openai:a", AnswerSettings())).endpoint == "https://api.openai.com/v1"
    elsewhere = make_chat_model("openai:a", AnswerSettings(), "http://127.0.0.1:9/v1/")
    assert ChainModel(elsewhere).endpoint == "http://127.0.0.1:9/v1"
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8/v1")
    assert ChainModel(make_chat_model("openai:a", AnswerSettings())).endpoint == "http://127.0.0.1:8/v1"
