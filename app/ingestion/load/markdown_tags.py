"""HTML in a Markdown source: which of the source's spans it hides."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.ingestion.load.hidden import HiddenWords
from app.ingestion.load.spans import Cut
from app.registry.document import HiddenKind, HiddenText

_RAW = frozenset({"style", "script", "template", "noscript"})
"""Elements whose content is no Markdown."""
_ATTRIBUTE = r"[^\s\"'<>/=]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|\{[^{}]*\}|\{\{[^{}]*\}\}|[^\s\"'=<>`]+))?"
_TAG = re.compile(rf"<(?P<closing>/?)(?P<name>[A-Za-z][\w:.-]*)(?P<attributes>(?:\s+{_ATTRIBUTE})*)\s*/?>")
_ONE = re.compile(r"(?<!\s)\s+([^\s\"'<>/=]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_BLANK = re.compile(r"\n[ \t]*\n")
_SHOWN = frozenset({"placeholder", "value", "label"})
"""Attributes whose words are on the page."""
_WORDLESS = frozenset({"style", "class"})
_TELLING = re.compile(r"style|hidden|color|class|<(?:dialog|canvas|video|audio|datalist)", re.IGNORECASE)
_MARK = re.compile("\ue000(\\d+)\ue001")


def hidden_in_tags(text: str, code: str, *, is_mdx: bool) -> list[Cut]:
    """What tags hide of a text: their own attributes, and what stands between them.

    Components (``<Card title="…">``) show of their attributes what they like: in MDX these stay, and
    elsewhere it is doubtful whether they are seen.

    ``code`` is the text with all that is no Markdown masked. The tags are read as a page of their own in
    which a mark stands for each piece of text between them: the pieces whose marks are not on it are hidden.
    """
    tags = [(found, end) for found, end in _tags(code) if not (is_mdx and _is_component(found))]
    if not tags:
        return []
    cuts: list[Cut] = []
    pieces: list[tuple[int, int]] = []
    page: list[str] = []
    at = 0
    for tag, tag_end in tags:
        _add_pieces(page, pieces, code, at, tag.start())
        at = tag_end
        page.append(text[tag.start() : tag_end])
        if tag_end > tag.end():
            name = tag["name"].lower()
            words = "" if name == "style" else re.sub(r"<[^<>]*>", " ", page[-1])
            cuts.append(Cut(tag.start(), tag_end, f"{name} in the source", words))
        else:
            cuts += _attributes(tag, text)
    _add_pieces(page, pieces, code, at, len(code))
    if any(_TELLING.search(tag[0]) for tag, _ in tags):
        cuts += _unseen(text, "".join(page), pieces)
    return cuts


def _tags(code: str) -> Iterator[tuple[re.Match[str], int]]:
    """Each tag with its end; of an element whose content is no Markdown, the end of that."""
    lowered = code.lower()
    unclosed: set[str] = set()
    at = 0
    while (found := _TAG.search(code, at)) is not None:
        at, name = found.end(), found["name"].lower()
        if name in _RAW and not found["closing"] and name not in unclosed:
            close = lowered.find(f"</{name}", at)
            if close < 0:
                unclosed.add(name)
            else:
                end = lowered.find(">", close)
                at = end + 1 if end >= 0 else len(code)
        yield found, at


def _add_pieces(page: list[str], pieces: list[tuple[int, int]], code: str, start: int, end: int) -> None:
    """Put marks for the paragraphs of a text between tags on the page."""
    for number, piece in enumerate(_paragraphs(code, start, end)):
        page.append(f"{'<p>' if number else ''}\ue000{len(pieces)}\ue001")
        pieces.append(piece)


def _paragraphs(code: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A text between tags, parted at its blank lines."""
    at = start
    for found in _BLANK.finditer(code, start, end):
        yield at, found.start()
        at = found.end()
    yield at, end


def _is_component(tag: re.Match[str]) -> bool:
    name = tag["name"] or ""
    return name[:1].isupper() and not name.isupper()


def _attributes(tag: re.Match[str], text: str) -> Iterator[Cut]:
    """Attributes of several words, but for those that are shown."""
    begin = tag.start("attributes")
    kind: HiddenKind = "doubtful" if _is_component(tag) else "set-aside"
    for found in _ONE.finditer(tag["attributes"] or ""):
        name = found[1].lower()
        start, end = begin + found.start(), begin + found.end()
        value = text[begin + found.start(2) + 1 : end - 1]
        if len(value.split()) > 1 and name not in _SHOWN:
            yield Cut(start, end, _said_of(name, kind), "" if name in _WORDLESS else value, kind)


def _said_of(name: str, kind: HiddenKind) -> str:
    if kind == "doubtful":
        return "attribute of a component"
    return f"attribute {name} of a tag" if name in ("alt", "title") else "attribute of a tag"


def _unseen(text: str, page: str, pieces: list[tuple[int, int]]) -> Iterator[Cut]:
    from bs4 import BeautifulSoup

    from app.ingestion.load.html_hidden import take_hidden

    found = HiddenWords(most_kept=len(page))
    soup = BeautifulSoup(page, "lxml")
    take_hidden(soup, found)
    for one in found.found():
        yield from _cuts(one, text, pieces)


def _cuts(one: HiddenText, text: str, pieces: list[tuple[int, int]]) -> Iterator[Cut]:
    for mark in _MARK.findall(one.text):
        start, end = pieces[int(mark)]
        if text[start:end].strip():
            yield Cut(start, end, one.how, text[start:end], one.kind)
