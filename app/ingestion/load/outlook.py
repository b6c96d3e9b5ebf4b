"""Outlook messages (.msg): the same as e-mail, out of the OLE container they are kept in.

Property numbers are those of [MS-OXPROPS]; streams are laid out as in [MS-OXMSG].
"""

from __future__ import annotations

import datetime
import struct
from email.parser import HeaderParser
from email.utils import format_datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from app.ingestion.load.container import broken
from app.ingestion.load.limits import LoadLimits
from app.ingestion.load.mail import mail_document
from app.ingestion.load.textnorm import canonical
from app.registry.document import LoadedDocument

if TYPE_CHECKING:
    from olefile import OleFileIO

_SUBJECT, _HEADERS, _SENDER, _SENDER_ADDRESS = 0x0037, 0x007D, 0x0C1A, 0x0C1F
_TO, _CC, _BODY, _HTML = 0x0E04, 0x0E03, 0x1000, 0x1013
_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME = 0x3707, 0x3704, 0x3001
_SENT, _CODEPAGE = 0x0039, 0x3FFD
_EPOCH = datetime.datetime(1601, 1, 1, tzinfo=datetime.UTC)
_WORDS = "Outlook message"


def load_outlook(name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
    """One message as Outlook saves it. Title, body, attachments and metadata are those of ``load_mail``.

    Raises ``LoadError``: ``broken-outlook``, ``no-text``, ``too-large``.
    """
    import olefile

    try:
        with olefile.OleFileIO(BytesIO(data)) as ole:
            fixed = _fixed(ole)
            codepage = f"cp{fixed.get(_CODEPAGE, 1252)}"
            head = _head(ole, fixed, codepage)
            body = _string(ole, [], _BODY, codepage)
            html = "" if body.strip() else _html(ole, codepage)
            attached = list(
                filter(None, (_attachment(ole, folder, codepage) for folder in _attachments(ole)))
            )
    except Exception as error:  # olefile raises OSError, struct.error, IndexError … on damaged containers
        raise broken("outlook", _WORDS, error) from error
    return mail_document(name, head, html or body, bool(html), attached, "application/vnd.ms-outlook", limits)


def _head(ole: OleFileIO, fixed: dict[int, int], codepage: str) -> dict[str, str]:
    headers = HeaderParser().parsestr(_string(ole, [], _HEADERS, codepage))
    sender = _string(ole, [], _SENDER, codepage)
    address = _string(ole, [], _SENDER_ADDRESS, codepage)
    if "@" in address and address not in sender:
        sender = f"{sender} <{address}>".strip()
    date = str(headers.get("Date") or "")
    if not date and fixed.get(_SENT):
        date = format_datetime(_EPOCH + datetime.timedelta(microseconds=fixed[_SENT] // 10))
    head = {
        "subject": _string(ole, [], _SUBJECT, codepage),
        "from": sender or str(headers.get("From") or ""),
        "to": _string(ole, [], _TO, codepage) or str(headers.get("To") or ""),
        "cc": _string(ole, [], _CC, codepage),
        "date": date,
    }
    return {key: canonical(" ".join(value.replace("\x00", " ").split())) for key, value in head.items()}


def _string(ole: OleFileIO, folder: list[str], number: int, codepage: str) -> str:
    for kind, encoding in (("001F", "utf-16-le"), ("001E", codepage)):
        stream = [*folder, f"__substg1.0_{number:04X}{kind}"]
        if ole.exists(stream):
            return _decoded(ole.openstream(stream).read(), encoding)
    return ""


def _html(ole: OleFileIO, codepage: str) -> str:
    stream = [f"__substg1.0_{_HTML:04X}0102"]
    return _decoded(ole.openstream(stream).read(), codepage) if ole.exists(stream) else ""


def _decoded(data: bytes, encoding: str) -> str:
    if encoding == "cp65001":
        encoding = "utf-8"
    try:
        return data.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        return data.decode("cp1252", "ignore") if encoding != "utf-16-le" else data.decode(encoding, "ignore")


def _fixed(ole: OleFileIO) -> dict[int, int]:
    """The properties of the message that are numbers: 16 bytes each, after a header of 32."""
    stream = ["__properties_version1.0"]
    data = ole.openstream(stream).read() if ole.exists(stream) else b""
    found: dict[int, int] = {}
    for at in range(32, len(data) - 15, 16):
        tag, _flags, value = struct.unpack_from("<IIQ", data, at)
        found[tag >> 16] = value if tag & 0xFFFF == 0x0040 else value & 0xFFFFFFFF
    return found


def _attachments(ole: OleFileIO) -> list[list[str]]:
    names = {entry[0] for entry in ole.listdir() if entry[0].startswith("__attach_version1.0_")}
    return [[name] for name in sorted(names)]


def _attachment(ole: OleFileIO, folder: list[str], codepage: str) -> str:
    found: list[Any] = [
        _string(ole, folder, key, codepage) for key in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME)
    ]
    return canonical(" ".join(next(filter(None, found), "").replace("\x00", "").split()))
