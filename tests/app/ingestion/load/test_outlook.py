"""Outlook messages."""

from __future__ import annotations

import struct

import pytest

from app.ingestion.errors import LoadError
from app.ingestion.load import load_bytes
from tests.support.ole_file import ole_file

SENT = struct.pack("<IIQ", 0x0039_0040, 6, (1_772_440_200 + 11_644_473_600) * 10_000_000)


def message(**properties: str) -> bytes:
    """``p0037`` is the property 0x0037, written as Unicode; ``h…`` as bytes."""
    streams = {"__properties_version1.0": b"\0" * 32 + SENT}
    for key, value in properties.items():
        folder = "__attach_version1.0_#00000000/" if key.startswith("a") else ""
        kind, data = (
            ("0102", value.encode("cp1252")) if key[0] == "h" else ("001F", value.encode("utf-16-le"))
        )
        streams[f"{folder}__substg1.0_{key[1:].upper()}{kind}"] = data
    return ole_file(streams)


def test_head_body_and_the_names_of_attachments() -> None:
    data = message(
        p0037="Café at noon",
        p0c1a="Ann Lund",
        p0c1f="ann@example.org",
        p0e04="Bo; Cy",
        p1000="See the plan.\r\n\r\nBring lunch.",
        a3707="plan.pdf",
    )
    document = load_bytes("a.msg", data)
    assert document.text == (
        "Café at noon\n\nFrom: Ann Lund <ann@example.org>\nTo: Bo; Cy\n"
        "Date: Mon, 02 Mar 2026 08:30:00 +0000\n\nSee the plan.\n\nBring lunch.\n\nAttachments: plan.pdf"
    )
    assert document.title == "Café at noon"
    assert document.metadata["date"] == "2026-03-02T08:30:00+00:00"


def test_html_is_read_where_there_is_no_text() -> None:
    document = load_bytes("a.msg", message(p0037="Menu", h1013="<p>Soup, na\xefve</p><p>Fish</p>"))
    assert document.text.endswith("Soup, naïve\n\nFish")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"words", "not-outlook"),
        (ole_file({"WordDocument": b"x"}), "not-outlook"),
        (message(p0037="Menu")[:700], "not-outlook"),
        (message(), "no-text"),
    ],
)
def test_bad_messages(data: bytes, code: str) -> None:
    with pytest.raises(LoadError) as caught:
        load_bytes("a.msg", data)
    assert caught.value.code == code
