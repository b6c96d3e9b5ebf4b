"""What a server sent packed, unpacked a piece at a time: never more than may be read."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from app.ingestion.errors import LoadError

ASKED_FOR = "gzip, deflate"


def unpacked(chunks: Iterable[bytes], encoding: str, most: int) -> Iterator[bytes]:
    """The content in pieces, ``most`` bytes of it and perhaps one piece more.

    ``encoding`` is the Content-Encoding header: none, gzip or deflate, once.
    Raises ``LoadError``: ``bad-packing`` for any other, and for what does not unpack.

    >>> b"".join(unpacked([zlib.compress(b"a" * 9)], "deflate", 100))
    b'aaaaaaaaa'
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        yield from chunks
        return
    if name not in ("gzip", "x-gzip", "deflate"):
        # Packed twice, a few kilobytes become gigabytes before their size can be seen.
        raise _bad(f"it is packed as {encoding!r}")
    unpacker = zlib.decompressobj(wbits=31) if "gzip" in name else None
    size = 0
    for chunk in chunks:
        if unpacker is None and chunk:
            # Deflate is sent with zlib's head, as it should be, or without.
            unpacker = zlib.decompressobj(wbits=15 if chunk[0] & 0x0F == 8 else -15)
        while unpacker is not None and chunk and not unpacker.eof and size <= most:
            try:
                piece = unpacker.decompress(chunk, most + 1 - size)
            except zlib.error as error:
                raise _bad("its packing is damaged") from error
            size += len(piece)
            yield piece
            chunk = unpacker.unconsumed_tail
    if unpacker is not None and not unpacker.eof and size <= most:
        raise _bad("it is cut off")


def _bad(why: str) -> LoadError:
    return LoadError("bad-packing", f"the page cannot be unpacked ({why})", "tell the owner of the host")
