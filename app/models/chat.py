"""Chat models by name, through LangChain's ``init_chat_model``."""

from __future__ import annotations

import os
from typing import Any

from langchain_core.language_models import BaseChatModel

from app.errors import PinciteError
from app.settings import AnswerSettings


class ModelError(PinciteError, ValueError):
    """The configured chat model cannot be set up; the message says what to do."""

    code = "model"


KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY", "google_genai": "GOOGLE_API_KEY"}
"""The variable that a provider's key is in."""


def make_chat_model(name: str, settings: AnswerSettings, base_url: str | None = None) -> BaseChatModel:
    """``provider:model`` as a chat model with a time-out and no retries of its own.

    Retries, the next model and the extractive answer are the graph's business: a client that retries by
    itself would outlast the request's deadline. Streamed calls report their tokens too. ``base_url`` is where
    ``openai:`` models are asked: Ollama, vLLM, llama.cpp and others that speak OpenAI's wire. They need
    no key.

    Raises:
        ModelError: the provider is unknown, its package is missing, or it has no key.
    """
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {
        "timeout": settings.model_timeout_s,
        "max_retries": 0,
        "temperature": 0.0,
        "max_tokens": settings.max_output_tokens,
    }
    if name.startswith("openai:"):
        options["stream_usage"] = True
        if base_url:
            options["base_url"] = base_url
            if not os.environ.get("OPENAI_API_KEY"):
                options["api_key"] = "none"
    key = KEYS.get(name.partition(":")[0], "")
    if options.get("api_key") or os.environ.get(key):
        key = ""
    try:
        model: BaseChatModel = init_chat_model(name, **options)
        return model
    except ImportError as error:
        raise ModelError(f"PINCITE_MODEL={name}: {error}") from None
    except ValueError as error:
        if key:
            raise _without_key(name, key) from None
        first = str(error).splitlines()[0]
        if "model_provider" in str(error):
            provider, colon, _ = name.partition(":")
            first = f"{provider!r} is no provider that LangChain knows" if colon else "it names no provider"
        raise ModelError(
            f"PINCITE_MODEL={name}: {first}; write it as provider:model, e.g. openai:gpt-4o-mini"
        ) from None
    except Exception as error:  # providers raise their own classes when a key is missing
        if key:
            raise _without_key(name, key) from None
        raise ModelError(
            f"PINCITE_MODEL={name}: cannot be set up ({type(error).__name__}); is its key set?"
        ) from None


def _without_key(name: str, key: str) -> ModelError:
    return ModelError(
        f"PINCITE_MODEL={name}: its key is not set; set {key}, or ask without a model: "
        "pincite ask --extractive"
    )
