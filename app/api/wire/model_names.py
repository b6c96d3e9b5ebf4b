"""Models as clients of other protocols name them: how a question is answered, by a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.api.wire.refused import RefusedParameterError
from app.settings import Settings

DEFAULT = "pincite"
EXTRACTIVE = "pincite-extractive"


class NoSuchModelError(RefusedParameterError):
    """There is no model of that name."""

    code = "model-not-found"
    status = 404


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """How a question is answered: without a model, or by a chain of them; empty: the default."""

    extractive: bool = False
    chain: str = ""


def model_names(settings: Settings) -> Mapping[str, ChosenModel]:
    """Every name there is.

    >>> list(model_names(Settings(chains={"fast": ["openai:gpt-4o-mini"]})))
    ['pincite', 'pincite-extractive', 'pincite:fast']
    """
    chains = {f"{DEFAULT}:{name}": ChosenModel(chain=name) for name in settings.chains}
    return {DEFAULT: ChosenModel(), EXTRACTIVE: ChosenModel(extractive=True), **chains}


def chosen_model(settings: Settings, name: str) -> ChosenModel:
    """What a name means. Raises ``NoSuchModelError``."""
    names = model_names(settings)
    if name not in names:
        raise NoSuchModelError("model", f"there is no model of that name; there are {', '.join(names)}")
    return names[name]
