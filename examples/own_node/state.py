"""The state: what Pincite and the desk's own node share."""

from typing_extensions import TypedDict


class DeskState(TypedDict, total=False):
    """``question`` and ``answer`` are Pincite's; ``ticket`` is what the node below writes."""

    question: str
    answer: dict[str, object]
    ticket: str
