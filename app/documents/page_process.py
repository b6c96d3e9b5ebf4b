"""The process that draws or measures one page of a PDF: its bytes on standard input, a PNG or JSON on
standard output."""

from __future__ import annotations

import json
import struct
import sys
import zlib
from typing import Any

from app.ingestion.reader_process import bound_memory

NO_SUCH_PAGE = 3
"""Exit code where the document has no such page."""

MOST_PIXELS = 25_000_000


def draw(number: int, scale: float, memory_bytes: int) -> None:
    """Draw page ``number``, from 1, at ``scale`` pixels a point, or smaller where that would be too large."""
    bound_memory(memory_bytes)
    data = sys.stdin.buffer.read()
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    if not 1 <= number <= len(document):
        sys.exit(NO_SUCH_PAGE)
    page = document[number - 1]
    width, height = page.get_size()
    fitting = (MOST_PIXELS / max(width * height, 1.0)) ** 0.5
    bitmap = page.render(scale=min(scale, fitting), rev_byteorder=True, prefer_bgrx=False)
    sys.stdout.buffer.write(png(bitmap.to_numpy()))
    sys.stdout.flush()


def measure(number: int, memory_bytes: int) -> None:
    """Write the part of page ``number``, from 1, that is drawn: left, bottom, right and top in points of PDF
    user space, and by how many degrees it is turned clockwise, as a JSON list."""
    bound_memory(memory_bytes)
    data = sys.stdin.buffer.read()
    import pypdfium2
    from pypdfium2 import raw

    document = pypdfium2.PdfDocument(data)
    if not 1 <= number <= len(document):
        sys.exit(NO_SUCH_PAGE)
    page = document[number - 1]
    box = raw.FS_RECTF()
    # Not pypdfium2's own boxes: they do not know of those that a page has from its parent.
    if not raw.FPDF_GetPageBoundingBox(page, box):
        sys.exit(NO_SUCH_PAGE)
    json.dump([box.left, box.bottom, box.right, box.top, page.get_rotation()], sys.stdout)


def png(pixels: Any) -> bytes:
    """A numpy array of (height, width, 1, 3 or 4) bytes as a PNG file (ISO/IEC 15948)."""
    height, width, channels = pixels.shape
    kind = {1: 0, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + pixels[row].tobytes() for row in range(height))
    head = struct.pack("!IIBBBBB", width, height, 8, kind, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack("!I", len(body)) + name + body + struct.pack("!I", zlib.crc32(name + body))
        for name, body in parts
    )
