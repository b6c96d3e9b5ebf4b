"""How large a file may be before it is turned away."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.ingestion.errors import LoadError

MIB = 1024 * 1024


def _as_set() -> int:
    # Imported where it is asked for: the process that reads files is told its limits.
    from app.settings import IngestSettings

    return int(IngestSettings().max_file_mb * MIB)


@dataclass(frozen=True, slots=True)
class LoadLimits:
    """Bounds on one file. Bytes are bytes, characters are code points.

    ``max_unpacked_bytes`` and ``max_unpack_ratio`` (unpacked size over packed size) guard the ZIP
    container of a DOCX file; ``max_pages`` holds for PDF; ``max_text_chars`` for the canonical text.
    """

    max_file_bytes: int = field(default_factory=_as_set)
    max_unpacked_bytes: int = 200 * MIB
    max_unpack_ratio: float = 200.0
    max_pages: int = 5000
    max_text_chars: int = 20_000_000


def in_words(size: int) -> str:
    """A size in bytes for people, rounded.

    >>> in_words(300), in_words(52_428_800)
    ('300 bytes', '50.0 MiB')
    """
    if size < 1024:
        return f"{size} bytes"
    if size < MIB:
        return f"{size / 1024:.1f} KiB"
    return f"{size / MIB:.1f} MiB"


def check_size(size: int, limits: LoadLimits) -> None:
    """Raise ``LoadError`` (``too-large``) when a file of ``size`` bytes is over the limit."""
    if size > limits.max_file_bytes:
        raise LoadError(
            "too-large",
            f"the file is {in_words(size)} and the limit is {in_words(limits.max_file_bytes)}",
            "split the file, or raise PINCITE_INGEST__MAX_FILE_MB",
        )


def check_text(chars: int, limits: LoadLimits) -> None:
    """Raise ``LoadError`` (``too-large``) when a text of ``chars`` code points is over the limit."""
    if chars > limits.max_text_chars:
        raise LoadError(
            "too-large",
            f"the text is over {limits.max_text_chars:,} characters, the limit for one document",
            "split the file into several documents",
        )
