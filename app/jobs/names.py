"""Names of uploaded files made safe, and the URIs their documents get."""

from __future__ import annotations

import hashlib
import unicodedata
from urllib.parse import quote

from app.ingestion.discover import UPLOAD
from app.jobs.job import JobError

MOST_BYTES = 200
"""Of a name, in UTF-8."""

_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{name}{digit}" for name in ("com", "lpt") for digit in "0123456789¹²³"}
)


def safe_name(name: str) -> str:
    """The last part of a path as a name that means a file on every system.

    >>> safe_name("..\\\\reports/2025 plan.pdf")
    '2025 plan.pdf'

    Raises:
        JobError: nothing is left, or it holds control characters, is a device's, or too long.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    # Windows leaves dots and spaces at the end out, and what follows a colon names a hidden stream.
    last = last.strip().rstrip(". ")
    if not last or not last.strip("."):
        raise JobError(f"{name[:80]!a} names no file; give a name such as report.pdf")
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for char in last):
        raise JobError(f"the name {last[:80]!a} holds characters that cannot be seen; give a plain one")
    if any(char in '<>:"|?*' for char in last) or last.partition(".")[0].strip().casefold() in _DEVICES:
        raise JobError(f"{last[:80]!r} cannot name a file on every system; give another name")
    if len(last.encode()) > MOST_BYTES:
        raise JobError(f"the name {last[:40]!r}… is longer than {MOST_BYTES} bytes; give a shorter one")
    return last


def upload_uri(owner: str, name: str) -> str:
    """What a person's uploaded file is known by: another's of the same name is another document.

    The owner is in it as eight hex digits of a sha256, not by name.

    >>> upload_uri("ann", "a b.pdf")
    'upload://49915e0d/a%20b.pdf'
    """
    digest = hashlib.sha256(owner.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{UPLOAD}{digest}/{quote(name)}"
