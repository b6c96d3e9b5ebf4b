"""What traces and logs never hold: the one list of what is taken out of them, and how.

LangSmith's own anonymizer stops at ten or twenty-four levels; the arguments of tool calls lie deeper.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.observability.known_values import EMAIL, KnownValues

PERSONAL = ("iban", "card", "phone")
"""Personal data that goes besides e-mail addresses; of telephone numbers those with a country code."""


@dataclass(frozen=True, slots=True)
class RedactionRule:
    """What is found, and what stands in its place; groups of the pattern may be named as in ``re.sub``."""

    pattern: re.Pattern[str]
    instead: str


@cache
def redaction_rules() -> Sequence[RedactionRule]:
    """All of them, in the order they are applied: secrets as LangSmith lists them, addresses, passwords."""
    from langsmith.anonymizer import DEFAULT_SECRET_RULES

    secrets = (
        RedactionRule(rule["pattern"], rule["replace"] or "[redacted]") for rule in DEFAULT_SECRET_RULES
    )
    return (
        *secrets,
        RedactionRule(EMAIL, "[e-mail]"),
        RedactionRule(_said_password(), r"\g<before>[password]"),
    )


def _said_password() -> re.Pattern[str]:
    """What stands behind the word for a password and has a figure, wherever the sentence puts it: wider than
    the guards look, since a trace loses nothing by a word less."""
    from app.safety.secrets.assignments import PASSWORDS

    names = "|".join(map(re.escape, PASSWORDS))
    verb = r"[^\n]{0,80}?\s(?:is|ist|lautet|est|es|è|é|jest|är|er|on)\s"
    sign = r"[\"'`*\])]{0,3}\s{0,4}[:=|：＝]\s{0,4}"
    value = r"(?=[^\s\"'`|,;<>]{0,200}\d)[^\s\"'`|,;<>]{6,200}"
    return re.compile(rf"(?P<before>(?:{names})(?:{verb}|{sign})[\"'`]?){value}", re.I)


def redacted_text(text: str) -> str:
    """A text without what the rules find.

    >>> redacted_text("ask jane.doe@corp.example, key sk-proj-" + "a1" * 20)
    'ask [e-mail], key [SECRET_DETECTED]'
    """
    from app.safety.personal_data.find import find_personal_data
    from app.safety.secrets.find import find_secrets
    from app.safety.spans import apart

    for rule in redaction_rules():
        text = rule.pattern.sub(rule.instead, text)
    # What the guards look for in what leaves, too: passwords have no form that a list of patterns knows.
    found = apart([*find_secrets(text), *find_personal_data(text, PERSONAL, ())])
    for one in reversed(found):
        text = f"{text[: one.start]}[{one.kind}]{text[one.end :]}"
    return text


class CleanTexts:
    """``redacted_text`` for data that says the same again and again, as traces do: each step repeats its
    state.

    What nothing was found in is known again by its hash; no word of it is held. What was found is held, to be
    found again where nothing says what it is (``KnownValues``).
    """

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._known: dict[bytes, None] = {}
        self._values = KnownValues()

    def __call__(self, text: str) -> str:
        name = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if name in self._known:
            return self._values.masked(text)
        redacted = redacted_text(text)
        if redacted == text:
            self._known[name] = None
            while len(self._known) > self._most:
                self._known.pop(next(iter(self._known)), None)
        else:
            self._values.remember(text, redacted)
        return self._values.masked(redacted)


def redacted_data(data: Any, redact: Callable[[str], str] = redacted_text) -> Any:
    """JSON data without what the rules find in its texts and names of fields, however deep; a copy.

    >>> redacted_data({"a": [{"to": "jane@corp.example", "n": 1}]})
    {'a': [{'to': '[e-mail]', 'n': 1}]}
    """
    whole: list[Any] = [data]
    waiting: list[Any] = [whole]
    # Not by recursion: who writes the data decides how deep it is.
    while waiting:
        inside = waiting.pop()
        for key, value in list(inside.items() if isinstance(inside, dict) else enumerate(inside)):
            if isinstance(value, str):
                inside[key] = redact(value)
            elif isinstance(value, dict):
                inside[key] = {redact(k) if isinstance(k, str) else k: v for k, v in value.items()}
                waiting.append(inside[key])
            elif isinstance(value, list | tuple):
                inside[key] = list(value)
                waiting.append(inside[key])
    return whole[0]


SENDERS = ("langsmith", "opentelemetry")
"""Libraries that log each trace they could not send; we say so once, when we are closed."""


class RedactingFilter(logging.Filter):
    """For a handler: what it writes, tracebacks included, is without what the rules find; what
    ``SENDERS`` say is not written."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] in SENDERS:
            return False
        record.msg, record.args = redacted_text(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            # Formatters write what they find here in the place of the exception.
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redacted_text(record.exc_text)
        if record.stack_info:
            record.stack_info = redacted_text(record.stack_info)
        return True
