"""Decoding and the canonical form."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingestion.errors import LoadError
from app.ingestion.load.textnorm import canonical, decode, words_of_stem

# Surrogates and controls included: loaders for binary formats can produce them.
ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_canonical_is_idempotent_and_nfc(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")


@given(ANY_TEXT)
def test_canonical_has_no_controls_but_tab_and_line_feed(text: str) -> None:
    assert not {char for char in canonical(text) if ord(char) < 32} - {"\n", "\t"}


def test_canonical_line_ends_and_page_breaks() -> None:
    assert canonical("\ufeffa\r\nb\rc\x0cd\x00e") == "a\nb\nc\nde"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_decode_reads_unicode(encoding: str) -> None:
    assert canonical(decode("Grüße aus 東京".encode(encoding))) == "Grüße aus 東京"


def test_decode_reads_windows_1252() -> None:
    assert decode("Café – “naïve” résumé".encode("cp1252")) == "Café – “naïve” résumé"


def test_damaged_utf8_is_an_error_not_mojibake() -> None:
    damaged = "Grüße aus Köln, schöne Grüße\n".encode() + b"broken \xff here"
    with pytest.raises(LoadError, match="line 2") as caught:
        decode(damaged)
    assert caught.value.code == "bad-encoding"


def test_bytes_windows_1252_lacks_are_an_error() -> None:
    with pytest.raises(LoadError) as caught:
        decode(b"plain words and \x81\x8d then more words")
    assert caught.value.code == "bad-encoding"


def test_truncated_utf16_is_an_error() -> None:
    with pytest.raises(LoadError) as caught:
        decode("hello".encode("utf-16")[:-1])
    assert caught.value.code == "bad-encoding"


def test_nul_bytes_are_binary() -> None:
    with pytest.raises(LoadError) as caught:
        decode(b"MZ\x00\x01\x02")
    assert caught.value.code == "binary"


def test_words_of_stem() -> None:
    assert words_of_stem("a/b/annual_leave--policy.v2.pdf") == "annual leave policy.v2"
