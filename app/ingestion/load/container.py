"""ZIP containers (Office, EPUB, OpenDocument): checked before anything in them is unpacked."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from app.ingestion.errors import LoadError
from app.ingestion.load.limits import MIB, LoadLimits, in_words
from app.ingestion.load.restrictions import keyword_groups
from app.ingestion.load.textnorm import canonical
from app.registry.document import MetadataValue

_MAX_PARTS = 10_000
_DAMAGE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, KeyError, zlib.error)


def broken(kind: str, words: str, error: Exception | None = None) -> LoadError:
    """The error for a damaged file: ``broken-<kind>``; ``words`` name the file's type."""
    damaged = LoadError(
        f"broken-{kind}", f"the {words} is damaged", "open it in its program and save it again"
    )
    damaged.__cause__ = error
    return damaged


@contextmanager
def opened(data: bytes, kind: str, words: str, limits: LoadLimits) -> Iterator[zipfile.ZipFile]:
    """The container, checked, for the length of a ``with`` block.

    Raises ``LoadError``: ``zip-bomb``, ``locked``, and ``broken-<kind>`` also for damage found in the block.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            check_bomb(parts, len(data), limits)
            if any(part.flag_bits & 1 for part in parts):
                raise LoadError(
                    "locked", f"the {words} is protected by a password", "save a copy without password"
                )
            yield archive
    except _DAMAGE as error:
        raise broken(kind, words, error) from error


def check_bomb(parts: list[zipfile.ZipInfo], packed: int, limits: LoadLimits) -> None:
    """Raise ``LoadError`` (``zip-bomb``) when the parts would unpack to more than the limits allow."""
    unpacked = sum(part.file_size for part in parts)
    ratio = unpacked / packed
    # Tiny files may compress well by chance; they are no danger.
    is_dense = unpacked > MIB and ratio > limits.max_unpack_ratio
    if unpacked > limits.max_unpacked_bytes or is_dense or len(parts) > _MAX_PARTS:
        raise LoadError(
            "zip-bomb",
            f"the document would unpack to {in_words(unpacked)} "
            f"({ratio:.0f} times its size, {len(parts)} parts)",
            "check where the file comes from; save it again in its program if it is genuine",
        )


def core_properties(archive: zipfile.ZipFile) -> dict[str, str]:
    """The properties of an Office document by their bare names: title, creator, keywords …"""
    try:
        info = archive.getinfo("docProps/core.xml")
    except KeyError:
        return {}
    if info.file_size > MIB:
        return {}
    try:
        # Expat expands no external entities and stops expansion bombs by itself.
        root = ElementTree.fromstring(archive.read(info))  # noqa: S314
    except ElementTree.ParseError:
        return {}  # the properties are a courtesy; the text is what counts
    return {
        child.tag.rpartition("}")[2]: canonical(" ".join(child.text.split()))
        for child in root
        if child.text and child.text.strip()
    }


def office_metadata(properties: dict[str, str]) -> dict[str, MetadataValue]:
    """Author, and groups where the keywords say ``groups: a, b``.

    >>> office_metadata({"creator": "Ann", "keywords": "plan; groups: hr, all"})
    {'author': 'Ann', 'groups': ['hr', 'all']}
    """
    metadata: dict[str, MetadataValue] = {}
    if properties.get("creator"):
        metadata["author"] = properties["creator"]
    return metadata | keyword_groups(properties.get("keywords", ""))
