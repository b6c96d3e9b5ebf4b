"""The chains of models that settings name, made when the application is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from app.models.chat import make_chat_model
from app.models.local.model import is_local, make_local_model
from app.settings import Settings
from graphs.calling.chains import ChainModel


def chain_names(settings: Settings) -> dict[str, list[str]]:
    """The models of each chain by name; the default chain's name is empty, and it may be missing.

    >>> chain_names(Settings(model="openai:a", fallback_models=["openai:b"], chains={"fast": ["openai:b"]}))
    {'': ['openai:a', 'openai:b'], 'fast': ['openai:b']}
    """
    default = {"": [settings.model, *settings.fallback_models]} if settings.model else {}
    return {**default, **settings.chains}


def without_models(settings: Settings) -> Settings:
    """The settings for questions that no model is asked: none is made, so that none needs its key."""
    answer = settings.answer.model_copy(update={"entailment": None, "prompt": None})
    none: dict[str, Any] = {
        "model": None,
        "fallback_models": [],
        "chains": {},
        "routes": {},
        "answer": answer,
    }
    return settings.model_copy(update=none)


def make_chains(settings: Settings, closing: ExitStack) -> dict[str, list[ChainModel]]:
    """Every chain's models; one that stands in several chains is made once. ``closing`` stops local ones.

    Raises:
        ModelError: a model cannot be set up; the message says what to do.
    """
    chains = chain_names(settings)
    names = dict.fromkeys(name for models in chains.values() for name in models)
    made = {name: make_chain_model(name, settings, closing) for name in names}
    return {chain: [made[name] for name in models] for chain, models in chains.items()}


def models_by_name(settings: Settings, made: Mapping[str, Sequence[ChainModel]]) -> dict[str, ChainModel]:
    """Every model that ``make_chains`` made, by the name the settings have for it."""
    names = chain_names(settings)
    return {
        name: model
        for chain, models in made.items()
        for name, model in zip(names[chain], models, strict=True)
    }


def make_chain_model(name: str, settings: Settings, closing: ExitStack) -> ChainModel:
    """One model, asked for drafts in the form the settings say; a local one in its own.

    Raises:
        ModelError: it cannot be set up.
    """
    if is_local(name):
        return make_local_model(name, settings, closing)
    model = make_chat_model(name, settings.answer, settings.model_base_url)
    return ChainModel(model, draft_format=settings.answer.draft_format)
