"""Chat models by name: what cannot work says so in one line."""

from __future__ import annotations

import pytest

from app.models.chat import ModelError, make_chat_model
from app.settings import AnswerSettings


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
    assert (model.max_retries, model.request_timeout, model.max_tokens) == (0, 3.0, 99)
