"""RTF, AsciiDoc and Org."""

from __future__ import annotations

import pytest

from app.ingestion.errors import LoadError
from app.ingestion.load import load_bytes


def test_rtf_gives_its_words() -> None:
    data = rb"{\rtf1\ansi{\fonttbl\f0 Arial;}\f0 LEAVE RULES\par Ask \b first\b0 , na\'efve.\par}"
    document = load_bytes("leave.rtf", data)
    assert document.text == "LEAVE RULES\n\nAsk first, naïve."
    assert document.title == "LEAVE RULES"


@pytest.mark.parametrize(("data", "code"), [(b"words", "not-rtf"), (rb"{\rtf1}", "no-text")])
def test_bad_rtf(data: bytes, code: str) -> None:
    with pytest.raises(LoadError) as caught:
        load_bytes("a.rtf", data)
    assert caught.value.code == code


ASCIIDOC = """= Ferry guide
Ann Lund

== Times

The ferry leaves at nine.

----
== not a heading
----

|===
|Stop |Hour
|Ost |9
|===
"""


def test_asciidoc_headings_listings_and_tables() -> None:
    document = load_bytes("a.adoc", ASCIIDOC.encode())
    assert document.text == ASCIIDOC
    assert document.title == "Ferry guide"
    found = [(b.kind, b.level, b.title) for b in document.blocks]
    assert found == [
        ("heading", 1, "Ferry guide"), ("paragraph", 0, ""), ("heading", 2, "Times"),
        ("paragraph", 0, ""), ("code", 0, ""), ("table", 0, ""),
    ]  # fmt: skip


def test_org_headings_and_title() -> None:
    listing = "#+begin_src sh\n* not a heading\n#+end_src\n"
    text = f"#+title: Boats\n* TODO Oars :wood:\n- two\n- three\n{listing}** Blades\nFlat.\n"
    document = load_bytes("a.org", text.encode())
    assert document.title == "Boats"
    assert [(b.level, b.title) for b in document.blocks if b.title] == [(1, "Oars"), (2, "Blades")]
