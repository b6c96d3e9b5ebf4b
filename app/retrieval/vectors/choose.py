"""Choose the vector store the settings ask for: ours, or one that another distribution brings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.extensions.entry_points import VECTOR_STORES, Extension, ExtensionError, chosen
from app.retrieval.vectors.chroma_store import ChromaStore
from app.retrieval.vectors.row_store import RowStore
from app.retrieval.vectors.store import MakeStore, StorePlace, VectorStore, fault_of_store, without_login

SETTING = "PINCITE_RETRIEVAL__VECTOR_STORE"

OURS: dict[str, MakeStore] = {"rows": RowStore, "chroma": ChromaStore}


@dataclass(frozen=True, slots=True)
class NamedStore:
    """A store, the folder of its index, and what the index notes down as the place of its vectors."""

    store: VectorStore
    home: Path
    label: str


def make_store(name: str, url: str | None, home: Path, space: str, index: Callable[[], str]) -> NamedStore:
    """The store called ``name`` for vectors of ``space``, below ``home``, the folder of the index.

    Raises:
        ExtensionError: no installed distribution brings it, it cannot be loaded, or it is no vector store.
    """
    place = place_of(home, name, space, url, index)
    label = f"{name} {without_login(url)}" if url else name
    if name in OURS:
        return NamedStore(OURS[name](place), home, label)
    try:
        (extension,) = chosen(VECTOR_STORES, [name], SETTING)
    except ExtensionError as error:
        raise ExtensionError(f"{error}; Pincite's own are {' and '.join(OURS)}") from None
    return NamedStore(load_store(extension, place), home, label)


def place_of(home: Path, name: str, space: str, url: str | None, index: Callable[[], str]) -> StorePlace:
    """Where the store called ``name`` keeps vectors of ``space``."""
    return StorePlace(folder_of(home, name), space, url, index)


def load_store(extension: Extension, place: StorePlace) -> VectorStore:
    """The store of an entry point.

    Raises:
        ExtensionError: it cannot be loaded, or is no vector store.
    """
    store: VectorStore = extension.made_with(place)
    if fault := fault_of_store(store):
        raise extension.error(f"is no vector store: {fault}")
    return store


def folder_of(home: Path, label: str) -> Path:
    """The folder of the store with this name, or of the one an index notes down."""
    name = label.partition(" ")[0]
    return home / name if name in OURS else home / "vectors" / name
