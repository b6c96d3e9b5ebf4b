"""Numbers and times as people read them."""

from __future__ import annotations


def day(time: str) -> str:
    """The day of an ISO time.

    >>> day("2026-11-30T21:36:40.469293+00:00")
    '2026-11-30'
    """
    return time[:10]


def moment(time: str) -> str:
    """An ISO time in UTC to the minute.

    >>> moment("2026-11-30T21:36:40.469293+00:00"), moment("")
    ('2026-11-30 21:36 UTC', '')
    """
    return f"{time[:10]} {time[11:16]} UTC" if time else ""


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> count(1, "answer"), count(1200, "answer"), count(2, "reply", "replies")
    ('1 answer', '1,200 answers', '2 replies')
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def size(number: int) -> str:
    """Bytes, in a unit that is read at a glance.

    >>> size(512), size(20_480), size(3_500_000)
    ('512 bytes', '20 kB', '3.5 MB')
    """
    if number < 1000:
        return f"{number} bytes"
    if number < 1_000_000:
        return f"{number / 1000:.0f} kB"
    return f"{number / 1_000_000:.1f} MB"


def milliseconds(number: float) -> str:
    """Milliseconds, as seconds from one on.

    >>> milliseconds(0.23), milliseconds(48.1), milliseconds(1533.2)
    ('0.2 ms', '48 ms', '1.53 s')
    """
    if number >= 1000:
        return f"{number / 1000:.2f} s"
    return f"{number:.0f} ms" if number >= 10 else f"{number:.1f} ms"
