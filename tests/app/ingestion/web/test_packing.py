"""What was sent packed is unpacked within bounds, or refused."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingestion.errors import LoadError
from app.ingestion.web.packing import unpacked

PAGE = b"<p>Ask first.</p>" * 50


def in_pieces(data: bytes, size: int) -> Iterator[bytes]:
    for begin in range(0, len(data), size):
        yield data[begin : begin + size]


@given(st.binary(max_size=2000), st.integers(1, 300))
def test_what_was_packed_comes_out(data: bytes, size: int) -> None:
    raw = zlib.compressobj(wbits=-15)
    for encoding, packed in (
        ("", data),
        ("gzip", gzip.compress(data)),
        ("deflate", zlib.compress(data)),
        ("Deflate", raw.compress(data) + raw.flush()),
    ):
        assert b"".join(unpacked(in_pieces(packed, size), encoding, 5000)) == data


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "gzip,deflate", "x"])
def test_other_and_repeated_packings_are_refused(encoding: str) -> None:
    with pytest.raises(LoadError, match="packed as"):
        list(unpacked([gzip.compress(gzip.compress(PAGE))], encoding, 5000))


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_unpacked_no_further_than_may_be_read(encoding: str) -> None:
    packed = (gzip if encoding == "gzip" else zlib).compress(b"\0" * 50_000_000)
    pieces = [len(piece) for piece in unpacked([packed], encoding, 10_000)]
    assert sum(pieces) == 10_001, "one byte more tells that it is too much"


@pytest.mark.parametrize("damage", ["cut off", "no gzip", "overwritten"])
def test_what_is_damaged_or_cut_off_is_refused(damage: str) -> None:
    packed = gzip.compress(PAGE)
    data = {"cut off": packed[:-9], "no gzip": b"no gzip", "overwritten": packed[:20] + b"damaged"}[damage]
    with pytest.raises(LoadError, match="cannot be unpacked"):
        list(unpacked([data], "gzip", 5000))
