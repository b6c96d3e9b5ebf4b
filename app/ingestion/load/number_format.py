"""Cell values of a spreadsheet as its reader sees them: dates, percent, decimals, currency."""

from __future__ import annotations

import datetime
import re

_QUOTED = re.compile(r'"([^"]*)"|\\(.)')
_CURRENCY = re.compile(r"\[\$([^\[\]-]*)(?:-[^\[\]]*)?\]")
_BRACKETED = re.compile(r"\[[^\[\]]*\]")
_PADDING = re.compile(r"_.|\*.")
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.([#0?]+))?")
_MIDNIGHT = datetime.time()


def shown(value: object, code: str) -> str:
    """A cell's value as text, by its number format ``code``.

    Dates are written as ISO 8601 whatever their format says: the same date reads the same everywhere.
    Formats beyond percent, thousands, decimals, signs and words around the number show the plain value.

    >>> shown(0.25, "0%"), shown(1234.5, '#,##0.00 "EUR"'), shown(3.0, "General")
    ('25%', '1,234.50 EUR', '3')
    >>> shown(datetime.datetime(2026, 3, 1), "d.m.yy")
    '2026-03-01'
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        clock = value.time().replace(microsecond=0)
        return (
            value.date().isoformat() if clock == _MIDNIGHT else f"{value.date()} {clock.isoformat('minutes')}"
        )
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return _duration(value)
    if isinstance(value, (int, float)):
        return _number(value, code)
    return str(value)


def _duration(value: datetime.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def _number(value: float, code: str) -> str:
    plain = f"{value:.15g}" if isinstance(value, float) else str(value)
    if code in ("", "General", "@") or "e" in plain:
        return plain
    positive, *others = code.split(";")
    section, magnitude, sign = positive, abs(value), "-" if value < 0 else ""
    if value < 0 and others and others[0]:
        section, sign = others[0], ""
    elif value == 0 and len(others) > 1:
        section = others[1]
    words: list[str] = []

    def kept(match: re.Match[str]) -> str:
        words.append(next(filter(None, match.groups()), ""))
        return "\x00"

    bare = _PADDING.sub("", _BRACKETED.sub("", _QUOTED.sub(kept, _CURRENCY.sub(kept, section))))
    digits = _DIGITS.search(bare)
    if digits is None or "/" in bare or "E" in bare or digits[0].partition(".")[0].endswith(","):
        return plain
    is_percent = "%" in bare
    decimals = digits[1] or ""
    text = f"{magnitude * (100 if is_percent else 1):{',' if ',' in digits[0] else ''}.{len(decimals)}f}"
    optional = len(decimals) - len(decimals.rstrip("#?"))
    for _ in range(optional):
        text = text.removesuffix("0")
    around = bare[: digits.start()], bare[digits.end() :]
    if re.search(r"[#0?]", around[0] + around[1]):  # a telephone number, a date of its own making
        return plain
    found = iter(words)
    filled = re.sub("\x00", lambda _: next(found, ""), around[0] + text.removesuffix(".") + around[1])
    return sign + filled.strip()
