"""Whether who asks may still read what is to be cited or shown: asked of the store once for all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from typing import Any

from graphs.parts import Parts
from graphs.state import EvidencePassage


class ReadingRights:
    """For one step of one run: readers may change between a search and an answer."""

    def __init__(self, parts: Parts, evidence: Sequence[EvidencePassage], groups: Sequence[str]) -> None:
        self._may_read = parts.may_read
        self._evidence = evidence
        self._groups = groups

    def allow(self, of: Mapping[str, Any]) -> bool:
        """Whether a passage or a citation may be shown: it is of exactly this version of a document that they
        may read, or of a text that is in no store and tells its version itself."""
        if self._may_read is None:
            return True
        key = (of["doc_id"], of["version"])
        stored = self._stored.get(key)
        return key in self._own if stored is None else stored

    @cached_property
    def _stored(self) -> Mapping[tuple[str, str], bool]:
        assert self._may_read is not None
        keys = {(passage["doc_id"], passage["version"]) for passage in self._evidence}
        return self._may_read(keys, self._groups) if keys else {}

    @cached_property
    def _own(self) -> set[tuple[str, str]]:
        return {(one["doc_id"], one["version"]) for one in self._evidence if is_its_own_text(one)}


def is_its_own_text(passage: EvidencePassage) -> bool:
    """Whether it is what a tool said, or a host's own document: a whole text, named by its hash."""
    return passage["start"] == 0 and sha256(passage["text"].encode()).hexdigest() == passage["version"]
