"""The process that reads files for ``FileReader``: names and bytes in, documents or errors out."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import struct
import sys
from dataclasses import astuple
from typing import IO, Any

from app.ingestion.errors import LoadError
from app.ingestion.load import LoadLimits, load_bytes
from app.ingestion.load.installed import InstalledLoaders

READY = b"ready"
_LENGTH = struct.Struct("!Q")


def main(limits: dict[str, Any], memory_bytes: int) -> None:
    """Answer until standard input ends. ``memory_bytes`` bounds the address space; 0 leaves it unbounded."""
    bound_memory(memory_bytes)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a parser prints must not mix with answers
    known, loaders = LoadLimits(**limits), InstalledLoaders()
    send(out, READY)
    while (head := receive(sys.stdin.buffer)) is not None:
        data = receive(sys.stdin.buffer)
        if data is None:
            break
        send(out, json.dumps(answer(json.loads(head)["name"], data, known, loaders)).encode())


def answer(
    name: str, data: bytes, limits: LoadLimits, loaders: InstalledLoaders | None = None
) -> dict[str, Any]:
    """The document or the error, as plain JSON data."""
    try:
        loaded = load_bytes(name, data, limits, loaders)
    except LoadError as error:
        shown = {"code": error.code, "reason": error.reason, "hint": error.hint, "retryable": error.retryable}
        return {"error": shown}
    return {
        "document": {
            "text": loaded.text,
            "title": loaded.title,
            "media_type": loaded.media_type,
            "blocks": [(b.kind, b.start, b.end, b.level, b.title) for b in loaded.blocks],
            "pages": loaded.pages,
            "metadata": loaded.metadata,
            "layout": base64.b64encode(loaded.layout).decode(),
            "hidden": [astuple(one) for one in loaded.hidden],
        }
    }


def bound_memory(memory_bytes: int) -> None:
    """Bound the address space of this process; 0, and Windows, leave it unbounded."""
    if not memory_bytes:
        return
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such bounds
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, resource.getrlimit(resource.RLIMIT_AS)[1]))


def send(out: IO[bytes], frame: bytes) -> None:
    """One frame: its length in 8 bytes, then its bytes."""
    out.write(_LENGTH.pack(len(frame)) + frame)
    out.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """One frame as ``send`` writes it; None at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None
