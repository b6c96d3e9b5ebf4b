"""E-mail messages (.eml): the head, the readable body, and the names of what was attached."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime

from app.ingestion.errors import LoadError
from app.ingestion.load.building import TextBuilder
from app.ingestion.load.hidden import HiddenWords
from app.ingestion.load.limits import LoadLimits
from app.ingestion.load.text import text_blocks
from app.ingestion.load.textnorm import canonical, decode, tidy_layout, words_of_stem
from app.registry.document import LoadedDocument, MetadataValue

_HEAD = ("From", "To", "Cc", "Date")


def load_mail(name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
    """One message. The title is its subject, else the file's stem.

    The text part is taken before the HTML part, with the replies it quotes. Attachments are named, not read.
    Metadata: from, to, date (ISO 8601), subject.
    Raises ``LoadError``: ``not-mail``, ``broken-mail``, ``no-text``, ``too-large``.

    >>> load_mail("a.eml", b"Subject: Lunch\\nFrom: ann@x.org\\n\\nAt noon?", LoadLimits()).text
    'Lunch\\n\\nFrom: ann@x.org\\n\\nAt noon?'
    """
    try:
        message = message_from_bytes(data, policy=policy.default)
        head = {key.lower(): _header(message, key) for key in ("Subject", *_HEAD)}
        if not any(head.values()):
            raise LoadError(
                "not-mail",
                "the file is not an e-mail message (it has no headers)",
                "export the message again",
            )
        body, is_html = _body(message)
        attached = [_name(part) for part in message.iter_attachments()] if message.is_multipart() else []
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        # The standard parser is lenient, yet some malformed headers and charsets still break it.
        raise LoadError(
            "broken-mail", f"the message cannot be read ({type(error).__name__})", "export the message again"
        ) from error
    return mail_document(name, head, body, is_html, attached, "message/rfc822", limits)


def mail_document(
    name: str,
    head: dict[str, str],
    body: str,
    is_html: bool,
    attached: list[str],
    media_type: str,
    limits: LoadLimits,
) -> LoadedDocument:
    """A message as a document. ``head`` holds subject, from, to, cc and date; empty where absent.

    Raises ``LoadError``: ``no-text`` where neither body nor attachment nor subject is there, ``too-large``.
    """
    builder, hidden = TextBuilder(limits), HiddenWords()
    subject = head.get("subject", "")
    builder.heading(subject, 1)
    builder.add(
        "paragraph", "\n".join(f"{key}: {head[key.lower()]}" for key in _HEAD if head.get(key.lower()))
    )
    if is_html:
        from bs4 import BeautifulSoup

        from app.ingestion.load.html import to_markdown

        builder.markdown(to_markdown(BeautifulSoup(body, "lxml"), hidden))
    else:
        text = canonical(tidy_layout(body)).strip()
        for block in text_blocks(text):
            builder.add(block.kind, text[block.start : block.end], level=block.level, title=block.title)
    builder.add("paragraph", f"Attachments: {', '.join(attached)}" if attached else "")
    if not (body.strip() or attached or subject):
        raise LoadError("no-text", "the message holds no text", "export the message again, or remove it")
    metadata: dict[str, MetadataValue] = {
        key: head[key] for key in ("from", "to", "subject") if head.get(key)
    }
    if date := iso_date(head.get("date", "")):
        metadata["date"] = date
    return LoadedDocument(
        builder.text(),
        subject or words_of_stem(name),
        media_type,
        tuple(builder.blocks),
        metadata=metadata,
        hidden=hidden.found(),
    )


def iso_date(header: str) -> str:
    """A Date header in ISO 8601, or an empty string.

    >>> iso_date("Mon, 2 Mar 2026 09:30:00 +0100")
    '2026-03-02T09:30:00+01:00'
    """
    try:
        return parsedate_to_datetime(header).isoformat()
    except (ValueError, TypeError, IndexError):
        return ""


def _header(message: EmailMessage, key: str) -> str:
    return canonical(" ".join(str(message.get(key) or "").split()))


def _body(message: EmailMessage) -> tuple[str, bool]:
    """The text to read, and whether it is HTML."""
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return "", False
    text = _text(part)
    if part.get_content_subtype() == "plain" and not text.strip():
        part = message.get_body(preferencelist=("html",)) or part
        text = _text(part)
    return text, part.get_content_subtype() == "html"


def _text(part: MIMEPart) -> str:
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    charset = part.get_content_charset()
    try:
        return data.decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return decode(data)  # what the header says is wrong: as for any text file


def _name(part: EmailMessage) -> str:
    inner = part.get_payload(0) if part.get_content_type() == "message/rfc822" else None
    subject = _header(inner, "Subject") if isinstance(inner, EmailMessage) else ""
    return canonical(" ".join((part.get_filename() or subject or part.get_content_type()).split()))
