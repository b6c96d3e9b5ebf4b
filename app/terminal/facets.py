"""``pincite facets``: printed."""

from __future__ import annotations

from app.corpus import Corpus
from app.documents.facets import facets
from app.registry.requester import OWNER_OF_THE_FOLDER, Requester
from app.terminal.record_text import print_facets


def run_facets(
    corpus: Corpus, keys: list[str], filters: list[str], groups: list[str] | None, as_json: bool
) -> int:
    """Print a line for each value: key, value, documents."""
    who = OWNER_OF_THE_FOLDER if groups is None else Requester(OWNER_OF_THE_FOLDER.user, tuple(groups))
    found = facets(corpus.registry, who, filters=filters, keys=keys)
    return print_facets(found, as_json)
