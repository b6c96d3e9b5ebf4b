"""A stored answer as this version knows answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from app.answers.store import AnswerStoreError
from graphs.contracts import Answer


class OtherVersionError(AnswerStoreError):
    """An answer was stored in a form that this version does not know; the message is one line."""

    code = "answer-of-other-version"
    status = 409


def read_answer(stored: Mapping[str, Any]) -> Answer:
    """What ``AnswerStore.get`` gives, as an answer. Raises ``OtherVersionError``."""
    try:
        return Answer.model_validate(stored)
    except ValidationError:
        # The values are people's words, and stay out of the cause.
        name = stored.get("id", "")
        raise OtherVersionError(
            f"answer {name} was stored by another version of Pincite; see it with: "
            f"pincite answers show {name} --json"
        ) from None
