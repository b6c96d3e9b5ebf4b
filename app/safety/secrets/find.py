"""Find keys, tokens and passwords in a text. Time grows with its length and with nothing else."""

from __future__ import annotations

import base64
import binascii
import json
import re

from app.safety.secrets.assignments import find_assigned
from app.safety.secrets.formats import (
    AUTHORIZATION,
    FORMATS,
    KEY_BEGINS,
    KEY_BODY,
    KEY_ENDS,
    MOST_KEY_CHARS,
    PUTTY_KEY,
    URL_PASSWORD,
)
from app.safety.secrets.likeness import bits, is_filled, is_placeholder, is_random
from app.safety.spans import SeenSpan, apart

_DULL = re.compile(
    r"(?:my|your|the)?[-_]?(?:db)?[-_]?(?:pass(?:word|wd)?|pwd|pw|secret|postgres|root|admin|user|test|"
    r"guest|"
    r"mysql|redis|token|key|port)[-_]?\d{0,3}",
    re.I,
)


def find_secrets(text: str) -> list[SeenSpan]:
    """What of ``text`` is a secret, in order, none over another.

    Documented examples (AWS's ``AKIAIOSFODNN7EXAMPLE``), placeholders, UUIDs, hashes of commits and encoded
    pictures are none.

    >>> [one.kind for one in find_secrets("DB: postgres://app:kW9-zr2Lq@db/main")]
    ['url-password']
    """
    found: list[SeenSpan] = []
    for form in FORMATS:
        if not any(hint in text for hint in form.hints):
            continue
        for match in form.pattern.finditer(text):
            group = "secret" if "secret" in form.pattern.groupindex else 0
            value = match[group]
            if bits(value) < form.least or is_filled(value):
                continue
            if form.kind == "jwt" and not _is_jwt(value):
                continue
            found.append(SeenSpan(*match.span(group), form.kind))
    found += _keys(text)
    found += _passwords_in_urls(text)
    lowered = _lowered(text)
    if "basic" in lowered or "bearer" in lowered:
        found += _authorizations(text)
    found += find_assigned(text, lowered)
    return apart(found)


def _lowered(text: str) -> str:
    """In small letters, as long as before: a few letters have more than one small one."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _passwords_in_urls(text: str) -> list[SeenSpan]:
    found = []
    at = text.find("://")
    while at >= 0:
        match = URL_PASSWORD.match(text, at)
        if match is not None and not _is_dull(match["secret"]):
            found.append(SeenSpan(*match.span("secret"), "url-password"))
        at = text.find("://", at + 3)
    return found


def _keys(text: str) -> list[SeenSpan]:
    found = []
    if "PRIVATE KEY" in text:
        for begin in KEY_BEGINS.finditer(text):
            # To its end, or as far as it goes where that is cut off.
            end = text.find(KEY_ENDS, begin.end(), begin.end() + MOST_KEY_CHARS)
            body = KEY_BODY.match(text, begin.end(), end if end >= 0 else begin.end() + MOST_KEY_CHARS)
            if body and _is_key(body.group()):
                found.append(SeenSpan(*body.span(), "private-key"))
    if "Private-Lines" in text:
        found += [
            SeenSpan(*match.span("secret"), "private-key")
            for match in PUTTY_KEY.finditer(text)
            if _is_key(match["secret"])
        ]
    return found


def _is_key(body: str) -> bool:
    letters = re.sub(r"\s|\\n", "", body)
    return len(letters) >= 64 and bits(letters) >= 4 and not is_filled(letters[:200])


def _authorizations(text: str) -> list[SeenSpan]:
    found = []
    for match in AUTHORIZATION.finditer(text):
        value = match["secret"]
        good = _is_basic(value) if match["how"].lower() == "basic" else is_random(value, 20)
        if good:
            found.append(SeenSpan(*match.span("secret"), "authorization"))
    return found


def _is_jwt(text: str) -> bool:
    """Its head is JSON that names an algorithm."""
    head = text.partition(".")[0]
    try:
        data = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, binascii.Error):
        return False
    return isinstance(data, dict) and ("alg" in data or "enc" in data)


def _is_basic(text: str) -> bool:
    """It decodes to ``user:password``."""
    try:
        user, colon, password = base64.b64decode(text, validate=True).decode("utf-8").partition(":")
    except (ValueError, binascii.Error):
        return False
    return (
        bool(colon and password) and user.isprintable() and password.isprintable() and not _is_dull(password)
    )


def _is_dull(password: str) -> bool:
    """A manual's ``user:password@host``, and what stands for one."""
    plain = _DULL.fullmatch(password) or password.isdigit() or len(set(password)) < 3
    return bool(plain) or is_placeholder(password)
