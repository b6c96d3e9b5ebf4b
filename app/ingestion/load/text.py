"""Plain text, logs and reStructuredText: paragraphs by blank lines, headings only where they are clear."""

from __future__ import annotations

import re

from app.ingestion.load.restrictions import refuse_unclear
from app.ingestion.load.structure import first_title
from app.ingestion.load.textnorm import canonical, decode, words_of_stem
from app.registry.document import Block, BlockKind, LoadedDocument

_RULE = re.compile(r"([=\-~^\"'#*+`.:_])\1{2,}\s*")
_NUMBERED = re.compile(r"(\d{1,3}(?:\.\d{1,3})*)\.?[ \t]+[A-Z]")
_BULLET = re.compile(r"\s*(?:[-*+•‣◦]|\d{1,3}[.)]|[a-z][.)])\s+\S")
_MAX_HEADING = 80


def load_text(name: str, data: bytes) -> LoadedDocument:
    """A plain text file. The title is the first heading, else the file's stem.

    Raises ``LoadError``: ``unclear-readers``, ``bad-encoding``, ``binary``.

    >>> [block.kind for block in load_text("a.txt", b"Leave\\n=====\\n\\nAsk first.").blocks]
    ['heading', 'paragraph']
    """
    text = canonical(decode(data))
    is_log = name.lower().endswith(".log")
    if not is_log:
        refuse_unclear(text)
    blocks = log_blocks(text) if is_log else text_blocks(text)
    media_type = "text/x-rst" if name.lower().endswith(".rst") else "text/plain"
    return LoadedDocument(text, first_title(blocks) or words_of_stem(name), media_type, blocks)


def log_blocks(text: str) -> tuple[Block, ...]:
    """Runs of log lines. They count as code: split between lines, never inside a sentence."""
    return tuple(Block("code", start, end) for start, end in _runs(text))


def text_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a canonical plain text."""
    blocks: list[Block] = []
    rules: list[str] = []  # underline styles in order of appearance: that order is their depth
    runs = _runs(text)
    for position, (start, end) in enumerate(runs):
        after = text[slice(*runs[position + 1])] if position + 1 < len(runs) else ""
        heading, rest = _underlined(text, start, end, rules)
        if heading is None and (title := _standing_alone(text[start:end], after)):
            numbered = _NUMBERED.match(title)
            level = numbered[1].count(".") + 1 if numbered else 1
            heading, rest = Block("heading", start, end, min(level, 6), title), end
        if heading is not None:
            blocks.append(heading)
        while rest < end and text[rest].isspace():
            rest += 1
        if rest < end:
            blocks.append(Block(_kind(text[rest:end]), rest, end))
    return tuple(blocks)


def _runs(text: str) -> list[tuple[int, int]]:
    """Offsets of the runs of lines between blank lines, in linear time."""
    runs: list[tuple[int, int]] = []
    offset, start, end = 0, -1, 0
    for line in text.split("\n"):
        if line.strip():
            start = offset + len(line) - len(line.lstrip()) if start < 0 else start
            end = offset + len(line.rstrip())
        elif start >= 0:
            runs.append((start, end))
            start = -1
        offset += len(line) + 1
    return [*runs, (start, end)] if start >= 0 else runs


def _underlined(text: str, start: int, end: int, rules: list[str]) -> tuple[Block | None, int]:
    """A heading underlined (and maybe overlined) at the start of a run, and where the rest begins."""
    lines = text[start:end].split("\n", 3)
    over = 1 if len(lines) > 2 and _RULE.fullmatch(lines[0]) and lines[2].rstrip() == lines[0].rstrip() else 0
    if len(lines) < over + 2:
        return None, start
    title, rule = lines[over].strip(), lines[over + 1].strip()
    is_title = 0 < len(title) <= 120 and not _RULE.fullmatch(title) and not title.startswith("|")
    if not is_title or not _RULE.fullmatch(rule) or not 0.6 <= len(rule) / len(title) <= (8 if over else 2.5):
        return None, start
    style = rule[0] * (over + 1)
    if style not in rules:
        rules.append(style)
    stop = start + sum(len(line) + 1 for line in lines[: over + 2]) - 1
    return Block("heading", start, min(stop, end), min(rules.index(style) + 1, 6), title), stop


def _standing_alone(run: str, after: str) -> str:
    """The title if a run of one line is clearly a heading: numbered, or in capitals; else an empty string."""
    title = run.strip()
    if "\n" in title or not after or len(title) > _MAX_HEADING or title[-1] in ".,;!?":
        return ""
    if _NUMBERED.match(title):
        # Numbered items with blank lines between them are a list, unless the numbering has depth.
        is_item = "." not in title.split()[0].rstrip(".") and _BULLET.match(after)
        return "" if is_item else title
    letters = [char for char in title if char.isalpha()]
    is_caps = len(letters) >= 4 and len(title) <= 60 and all(char.isupper() for char in letters)
    return title if is_caps and len(letters) * 2 > len(title) else ""


def _kind(run: str) -> BlockKind:
    return "list" if _BULLET.match(run) else "paragraph"
