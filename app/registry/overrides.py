"""What was said of a document over what its source says: metadata and readers that outlive re-reading."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.registry.document import LoadedDocument, MetadataValue
from app.registry.schema import EVERYONE, overrides

NOBODY = "(nobody)"
"""The reader of a document whose source and override, since the source changed, have none in common."""

GROUPS = "groups"


@dataclass(frozen=True, slots=True)
class Override:
    """``readers`` empty: as the source says. ``metadata`` are set, ``dropped`` keys are left out.

    ``original`` are the metadata that the source gave last, ``over`` the readers that it gave when this was
    said.
    """

    readers: tuple[str, ...] = ()
    metadata: dict[str, MetadataValue] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    original: dict[str, Any] = field(default_factory=dict)
    over: tuple[str, ...] = ()
    by: str = ""
    at: str = ""

    @property
    def says_nothing(self) -> bool:
        return not (self.readers or self.metadata or self.dropped)


def readers_in(metadata: dict[str, Any]) -> tuple[str, ...]:
    """The groups that metadata name, sorted; everyone, where they name none."""
    groups = metadata.get(GROUPS, [])
    named = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else [str(groups)]
    return tuple(sorted({str(group).strip() for group in named} - {""})) or (EVERYONE,)


def readers_now(override: Override, source: tuple[str, ...]) -> tuple[str, ...]:
    """Who may read, where the source gives ``source`` today.

    Where that is not what was overridden, the narrower of both: neither may undo what the other has closed.
    """
    if not override.readers or override.readers == source:
        return source
    if source == override.over or source == (EVERYONE,):
        return override.readers
    if override.readers == (EVERYONE,):
        return source
    return tuple(sorted(set(override.readers) & set(source))) or (NOBODY,)


def with_override(loaded: LoadedDocument, override: Override) -> LoadedDocument:
    """The document as it is to be known: as its source has it, with what was said over that."""
    shown = {key: value for key, value in loaded.metadata.items() if key not in override.dropped}
    shown |= override.metadata
    readers = readers_now(override, readers_in(loaded.metadata))
    shown.pop(GROUPS, None)
    if readers != (EVERYONE,):
        shown[GROUPS] = list(readers)
    return replace(loaded, metadata=shown)


def overrides_of(connection: Connection, doc_ids: Collection[str]) -> dict[str, Override]:
    """What was said of these documents, present or not, by id."""
    found: dict[str, Override] = {}
    ordered = sorted(doc_ids)
    for begin in range(0, len(ordered), 500):
        query = select(overrides).where(overrides.c.doc_id.in_(ordered[begin : begin + 500]))
        for row in connection.execute(query):
            found[row.doc_id] = Override(
                tuple(row.readers),
                row.metadata,
                tuple(row.dropped),
                row.original,
                tuple(row.over),
                row.by,
                row.at,
            )
    return found


def forget_overrides(engine: Engine, *, doc_id: str = "", user: str = "") -> None:
    """Take away what was said of a document, or the name of who said it."""
    with engine.begin() as connection:
        connection.execute(delete(overrides).where(overrides.c.doc_id == doc_id))
        if user:
            connection.execute(update(overrides).where(overrides.c.by == user).values(by=""))


def write_overrides(connection: Connection, said: Sequence[tuple[str, Override]]) -> None:
    """Note what was said; one that says nothing is taken away."""
    for doc_id, one in said:
        connection.execute(delete(overrides).where(overrides.c.doc_id == doc_id))
        if one.says_nothing:
            continue
        row = {
            "doc_id": doc_id,
            "readers": list(one.readers),
            "metadata": one.metadata,
            "dropped": list(one.dropped),
            "original": one.original,
            "over": list(one.over),
            "by": one.by,
            "at": one.at,
        }
        connection.execute(upsert(overrides).values(row))
