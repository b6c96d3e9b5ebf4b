"""Assistants of LangGraph's API: one for each model that the other wires name."""

from __future__ import annotations

import uuid

from app.api.wire.model_names import ChosenModel, NoSuchModelError, model_names
from app.settings import Settings

GRAPH = "pincite"


class NoSuchAssistantError(NoSuchModelError):
    """There is no assistant of that id or name."""

    code = "no-such-assistant"


def assistant_id(name: str) -> str:
    """The id of the assistant of a model.

    >>> assistant_id("pincite") == assistant_id("pincite"), assistant_id("pincite") == assistant_id("other")
    (True, False)
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"assistant:{name}"))


def assistant_name(settings: Settings, given: str) -> str:
    """The model's name that an assistant's id or name means. Raises ``NoSuchAssistantError``."""
    for name in model_names(settings):
        if given in (name, assistant_id(name)):
            return name
    there_are = ", ".join(model_names(settings))
    raise NoSuchAssistantError("assistant_id", f"there is no such assistant; there are {there_are}")


def model_of(settings: Settings, given: str) -> ChosenModel:
    """How an assistant answers. Raises ``NoSuchAssistantError``."""
    return model_names(settings)[assistant_name(settings, given)]
