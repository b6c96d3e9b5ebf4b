"""Where the inputs of a calculation stand in the evidence: what it said is cited together with them."""

from __future__ import annotations

from collections.abc import Sequence

from graphs.citing.align import Span
from graphs.judging.reading_rights import is_its_own_text
from graphs.state import EvidencePassage
from tools.own_text import is_reckoned, rests_on

Placed = tuple[EvidencePassage, Span]


def inputs_of(
    passage: EvidencePassage, span: Span, evidence: Sequence[EvidencePassage]
) -> list[Placed] | None:
    """The sentences and cells that what was reckoned there rests on; none for any other passage, whatever its
    metadata says. None where one is not in the evidence."""
    if not is_reckoned(passage) or not is_its_own_text(passage):
        return []
    found: list[Placed] = []
    for place in rests_on(passage, span.start, span.end):
        holding = next((one for one in evidence if _holds(one, place)), None)
        if holding is None:
            return None
        start = place["start"] - holding["start"]
        found.append((holding, Span(start, start + place["end"] - place["start"], 1.0, "quote")))
    return found


def _holds(passage: EvidencePassage, place: dict[str, object]) -> bool:
    same = passage["doc_id"] == place["doc_id"] and passage["version"] == place["version"]
    return same and passage["start"] <= int(str(place["start"])) < int(str(place["end"])) <= passage["end"]
