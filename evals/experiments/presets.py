"""Named variations of the settings, so that a run can be repeated by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from app.settings import Settings, load_settings
from evals.errors import EvalError


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings that differ from the built-in ones; with ``configured`` from yours."""

    about: str
    overrides: Mapping[str, Any]
    configured: bool = False


_PLAIN: Mapping[str, Any] = {"rerank.method": "none", "retrieval.evidence_unit": "passages"}

PRESETS: Mapping[str, Preset] = {
    "extractive": Preset("the built-in settings, without a chat model", {}),
    "lexical": Preset("BM25 alone", {"retrieval.dense_weight": 0.0, **_PLAIN}),
    "dense": Preset("vectors alone", {"retrieval.dense_weight": 1.0, **_PLAIN}),
    "passages": Preset("whole passages in the order they were found", _PLAIN),
    "late": Preset("reranked by late interaction", {"rerank.method": "late_interaction"}),
    "fast": Preset(
        "fewer candidates and less evidence",
        {
            "retrieval.candidates": 30,
            "retrieval.top_k": 10,
            "rerank.candidates": 5,
            "retrieval.evidence_chars": 3000,
        },
    ),
    "wide": Preset(
        "more candidates and twice the evidence",
        {
            "retrieval.candidates": 200,
            "retrieval.top_k": 50,
            "rerank.candidates": 30,
            "retrieval.evidence_chars": 12_000,
        },
    ),
    "local": Preset(
        "the packaged local model, given the time it needs on two cores",
        {"model": "local", "answer.deadline_s": 180.0},
    ),
    "configured": Preset("your environment and .env, a chat model included", {}, configured=True),
}
"""All but ``configured`` start from the built-in settings and read no environment, so that the same name is
the same run on every machine."""


class _Given(Settings):
    """Settings that are what they were given, whatever the environment holds."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def settings_for(preset: str, overrides: Sequence[str] = ()) -> tuple[Settings, dict[str, Any]]:
    """The settings of a preset with ``key=value`` overrides on top, and those overrides read.

    >>> settings, given = settings_for("lexical", ["retrieval.top_k=5"])
    >>> settings.retrieval.dense_weight, settings.retrieval.top_k, given
    (0.0, 5, {'retrieval.top_k': 5})

    Raises:
        EvalError: an unknown preset or setting, or a value out of bounds.
    """
    chosen = PRESETS.get(preset)
    if chosen is None:
        raise EvalError(f"no preset {preset!r}; there are: {', '.join(PRESETS)}")
    base = load_settings() if chosen.configured else Settings.model_construct()
    given = dict(_pair(text) for text in overrides)
    values = base.model_dump()
    for key, value in {**chosen.overrides, **given}.items():
        _put(values, key, value)
    try:
        return _Given(**values), given
    except ValidationError as error:
        item = error.errors(include_url=False, include_input=False)[0]
        raise EvalError(f"--set {'.'.join(str(part) for part in item['loc'])}: {item['msg']}") from None


def _pair(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals:
        raise EvalError(f"--set {text}: write it as name=value, e.g. retrieval.top_k=10")
    try:
        return key.strip(), yaml.safe_load(value)
    except yaml.YAMLError:
        return key.strip(), value


def _put(values: dict[str, Any], key: str, value: Any) -> None:
    *groups, name = key.split(".")
    place = values
    for group in groups:
        inner = place.get(group)
        if not isinstance(inner, dict):
            raise EvalError(f"--set {key}: there is no such setting; .env.example lists all")
        place = inner
    if name not in place or isinstance(place[name], dict):
        raise EvalError(f"--set {key}: there is no such setting; .env.example lists all")
    place[name] = value
