"""Lines at the head of a file that look like a restriction of its readers, in whatever dialect.

What restricts and is not understood must not make a document public: it is refused. Only the head is looked
at, the lines that say things about the file before its text begins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.ingestion.errors import LoadError
from app.registry.document import MetadataValue

CODE = "unclear-readers"

_HINT = (
    "in Markdown begin the file with ---, a line such as groups: [hr, board], and ---; in HTML write "
    '<meta name="groups" content="hr, board">; of other files say it in .pincite-access or with --groups'
)

GROUPS = "groups"
"""The key that says who may read the document."""

_WORDS = ("group", "groups", "reader", "readers")
_MISSPELT = ("group", "groups")
"""A letter from "reader" are "header" and "leader", which files begin with for other reasons."""
_TITLE_LINES = 3
"""Short lines that may stand before or between the lines of a head: a title, its rule, an author, a date."""
_TITLE_CHARS = 100
_MOST_CHARS = 1_000_000
"""Of a head; one that is longer is not understood."""
_PARTED = re.compile(r"[,;|]")
"""What parts names in a list, and is part of none."""
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")

_FENCE = re.compile(r"(-{3,}|\+{3,}|;{3,}|\.{3,})$")
_KEY_LINE = re.compile(
    r"[^\w\"'{]*(?:#\+)?[\"']?([^\W\d][\w .+-]{0,40}?)[\"']?\s*(?:::?|=)(?:\s|$|[\[{\"'\w])"
)
_TAGS = re.compile(r"(?<![^\s{,\[])[&!][^\s{,\[]*\s+")
"""YAML's names and types of what follows: ``&a groups: [hr]``, ``!!str groups: [hr]``."""
_ASKED_KEY = re.compile(r"\?\s+[\"']?(\w[\w .+-]{0,40}?)[\"']?\s*(?:$|:)")
"""A key on a line of its own, as YAML has it too: ``? groups``."""
_INNER_KEY = re.compile(r"[{,;]\s*(?:\?\s+)?[\"']?(\w[\w +-]{0,40}?)[\"']?\s*[:=]")
_LISTED = re.compile(r"[-*]\s|[\]}),]")
_COMMENT = re.compile(r"<!--|-->|//|/\*|\*/|%|\.\.(?:\s|$)|#(?![\w#+])|#$")
_RULE = re.compile(r"([^\w\s])\1{2,}$")


def restricting_line(text: str) -> int | None:
    """The number, from 1, of a line of the text's head that looks like a restriction; None without one.

    >>> restricting_line("---\\n'groups' : [hr]\\n---\\nA."), restricting_line("\\n+++\\ngruops = ['hr']\\n")
    (2, 3)
    >>> restricting_line("Teams\\n\\nThe groups: red, green.\\n"), restricting_line("A.\\ngroups: hr\\n")
    (None, None)
    """
    for number, line in _head(text):
        line = _TAGS.sub("", line)
        keys = [match[1] for match in [_KEY_LINE.match(line) or _ASKED_KEY.match(line)] if match]
        keys += [match[1] for match in _INNER_KEY.finditer(line)]
        if any(map(names_readers, keys)):
            return number
    return None


def names_readers(key: str) -> bool:
    """Whether a key means who may read: also misspelt by a letter, or in letters that only look like its own.

    >>> [names_readers(key) for key in ("Groups", "gr\u043eups", "gruops", "allowed_groups", "growth")]
    [True, True, True, True, False]
    """
    plain = unicodedata.normalize("NFKC", key).casefold()
    plain = _INVISIBLE.sub("", plain).strip()
    parts = [plain] if " " in plain else re.split(r"[_.+-]+", plain)
    return any(part in _WORDS or any(_near(part, word) for word in _MISSPELT) for part in parts)


def refuse_unclear(text: str) -> None:
    """Raises ``LoadError`` (``unclear-readers``) where the head of ``text`` looks like a restriction."""
    line = restricting_line(text)
    if line is not None:
        raise unclear(f"line {line} seems to say who may read the document, in a way that is not understood")


def unclear(problem: str, hint: str = _HINT) -> LoadError:
    """The error of a restriction that was not understood; the document must not be read as public."""
    return LoadError(CODE, problem, hint)


def withdrawn(error: LoadError) -> LoadError:
    """The error of a document whose earlier version goes out of the answers: it may be restricted now."""
    reason = f"{error.reason}; its earlier version is not answered from until this is mended"
    return LoadError(error.code, reason, error.hint)


def reader_groups(values: Mapping[Any, Any], named: Sequence[str]) -> dict[str, MetadataValue]:
    """Who may read, under its proper name; nothing where no key says so.

    ``named``: every key, at any depth and as often as it is there, that means readers.
    Raises ``LoadError`` (``unclear-readers``) for what cannot be understood: it meant to restrict.

    >>> reader_groups({"Groups": "hr", "n": 1}, ["Groups"]), reader_groups({"n": 1}, [])
    ({'groups': ['hr']}, {})
    """
    if not named:
        return {}
    key = named[0]
    if len(named) > 1 or key.strip().casefold() != GROUPS or key not in values:
        raise unclear(
            f"readers are named by {', '.join(map(repr, named))}, not by one key 'groups' at the top"
        )
    value = values[key]
    names = value if isinstance(value, list) else [value]
    plain = [str(one).strip() for one in names if isinstance(one, str | int) and not isinstance(one, bool)]
    if not names or len(plain) < len(names) or not all(plain) or any(_PARTED.search(name) for name in plain):
        raise unclear(f"{key!r} must be the name of a group or a list of names, as in [hr, board]")
    return {GROUPS: plain}


def keyword_groups(keywords: str) -> dict[str, MetadataValue]:
    """Who may read, where a file's keywords say so, parted from others by semicolons.

    Raises ``LoadError`` (``unclear-readers``) where they seem to, and cannot be understood.

    >>> keyword_groups("plan; groups: hr, all"), keyword_groups("plan, budget")
    ({'groups': ['hr', 'all']}, {})
    """
    pairs = [re.split(r"\s*[:=]\s*", one, maxsplit=1) for one in keywords.split(";")]
    # "plan, groups: hr": the word before the colon says what follows.
    keyed = [
        (re.split(r"[,\s]+", pair[0].strip())[-1], pair[1].split(",")) for pair in pairs if len(pair) > 1
    ]
    said = [(key, value) for key, value in keyed if names_readers(key)]
    return reader_groups(dict(said), [key for key, _ in said])


def _near(part: str, word: str) -> bool:
    """Whether they are the same but for one letter: another, more, less, or two exchanged. Letters beyond
    ASCII may stand for any."""
    if len(part) < 4 or abs(len(part) - len(word)) > 1:
        return False
    if len(part) == len(word):
        apart = [n for n, (a, b) in enumerate(zip(part, word, strict=True)) if a != b and a.isascii()]
        if not apart or (len(apart) == 1 and len(word) > len("group")):
            return True
        first, *rest = apart
        return rest == [first + 1] and part[first] == word[first + 1] and part[first + 1] == word[first]
    longer, shorter = (part, word) if len(part) > len(word) else (word, part)
    return len(word) > len("group") and any(
        longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer))
    )


def _head(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something about the file, with their numbers, until its text begins.

    Of a head that begins with a fence and goes on beyond reason the last line is one that restricts.
    """
    fence, titles, chars = "", 0, 0
    lines = text.splitlines()
    for number, raw in enumerate(lines, 1):
        line, chars = _INVISIBLE.sub("", raw).strip(), chars + len(raw)
        if not line:
            continue
        if fence:
            if line[0] == fence and _FENCE.match(line):
                fence = ""
            yield number, line if chars < _MOST_CHARS else "groups:"
        elif _FENCE.match(line) and not (titles and line[0] in "-."):
            # What begins with a rule and has no second one has no fenced head.
            fence = line[0] if _closes(lines[number:], line[0]) else ""
        elif (
            _KEY_LINE.match(line)
            or line[0] == "{"
            or _LISTED.match(line)
            or _COMMENT.match(line)
            or _KEY_LINE.match(_TAGS.sub("", line))
            or _ASKED_KEY.match(line)
        ):
            yield number, line
        elif _RULE.match(line) or (titles < _TITLE_LINES and _is_title(line)):
            titles += 1
        else:
            return


def _closes(lines: Sequence[str], fence: str) -> bool:
    return any(line.strip()[:1] == fence and _FENCE.match(line.strip()) for line in lines)


def _is_title(line: str) -> bool:
    return len(line) <= _TITLE_CHARS and not line.endswith((".", "!", "?", "…", "。"))
