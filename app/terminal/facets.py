"""``pincite facets``: printed."""

from __future__ import annotations

import json
from dataclasses import asdict

from app.corpus import Corpus
from app.documents.facets import facets
from app.registry.requester import OWNER_OF_THE_FOLDER, Requester
from app.terminal.printable import one_line


def run_facets(
    corpus: Corpus, keys: list[str], filters: list[str], groups: list[str] | None, as_json: bool
) -> int:
    """Print a line for each value: key, value, documents."""
    who = OWNER_OF_THE_FOLDER if groups is None else Requester(OWNER_OF_THE_FOLDER.user, tuple(groups))
    found = facets(corpus.registry, who, filters=filters, keys=keys)
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
        return 0
    if not found:
        print("no metadata with several values that are few enough to list; name a key to see its values")
    for one in found:
        for value in one.values:
            print(one_line(one.key), one_line(value.value), value.documents, sep="\t")
        if one.more:
            print(one_line(one.key), f"and {one.more} more values", "", sep="\t")
    return 0
