"""E-mail messages."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from app.ingestion.errors import LoadError
from app.ingestion.load import load_bytes


def message(text: str = "", html: str = "") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Ann Lund <ann@example.org>"
    mail["To"] = "Bo <bo@example.org>"
    mail["Subject"] = "Café at noon"
    mail["Date"] = "Mon, 02 Mar 2026 09:30:00 +0100"
    if text:
        mail.set_content(text)
    if html:
        (mail.add_alternative if text else mail.set_content)(html, subtype="html")
    return mail


def test_head_body_and_the_names_of_attachments() -> None:
    mail = message("See the plan.\n\n> When is it?\n> Today?\n", "<p>Other words</p>")
    mail.add_attachment(b"%PDF-1.7 secret", maintype="application", subtype="pdf", filename="plan.pdf")
    document = load_bytes("a.eml", mail.as_bytes())
    assert document.text == (
        "Café at noon\n\nFrom: Ann Lund <ann@example.org>\nTo: Bo <bo@example.org>\n"
        "Date: Mon, 02 Mar 2026 09:30:00 +0100\n\nSee the plan.\n\n> When is it?\n> Today?\n\n"
        "Attachments: plan.pdf"
    )
    assert document.title == "Café at noon"
    assert document.metadata == {
        "from": "Ann Lund <ann@example.org>",
        "to": "Bo <bo@example.org>",
        "subject": "Café at noon",
        "date": "2026-03-02T09:30:00+01:00",
    }


def test_html_is_read_where_there_is_no_text() -> None:
    document = load_bytes("a.eml", message(html="<h2>Menu</h2><ul><li>Soup<li>Fish</ul>").as_bytes())
    assert document.text.endswith("## Menu\n\n- Soup\n- Fish")


def test_a_wrong_charset_is_read_as_what_it_is() -> None:
    data = b"Subject: x\nContent-Type: text/plain; charset=us-ascii\n\nna\xc3\xafve\n"
    assert load_bytes("a.eml", data).text == "x\n\nnaïve"
    data = b"Subject: x\nContent-Type: text/plain; charset=no-such-thing\n\nna\xefve\n"
    assert load_bytes("a.eml", data).text == "x\n\nnaïve"


def test_a_forwarded_message_is_named() -> None:
    mail = message("See below.")
    mail.add_attachment(message("Inner secret."))
    text = load_bytes("a.eml", mail.as_bytes()).text
    assert "Attachments: Café at noon" in text
    assert "Inner secret" not in text


def test_what_is_no_message() -> None:
    with pytest.raises(LoadError) as caught:
        load_bytes("a.eml", b"Just some words.\n\nAnd more.")
    assert caught.value.code == "not-mail"


def test_headers_grant_no_access() -> None:
    data = b"Subject: x\nFrom: a@b.c\nGroups: hr\n\nwords"
    assert "groups" not in load_bytes("a.eml", data).metadata
