"""What a Markdown source holds that is not shown when it is rendered: taken out of the source, and noted."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from app.ingestion.load.hidden import HiddenWords
from app.ingestion.load.markdown_tags import hidden_in_tags
from app.ingestion.load.spans import Cut, cut_out, masked
from app.ingestion.load.structure import code_lines

_TICKS = re.compile(r"(?<!\\)`+")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_COMMENT = re.compile(r"<!--(?:-?>|(?:(?!-->).)*?(?:-->|\Z))", re.DOTALL)
_MDX_COMMENT = re.compile(r"\{\s*/\*(?:(?!\*/).)*(?:\*/(\s*\})?|\Z)", re.DOTALL)
_LABEL = r"\[(?!\^|[ \t\n]*\])((?:[^\[\]\\]|\\.){1,999})\]"
_TITLE = (
    r"(?:\"(?:[^\"\\\n]|\\.|\n(?![ \t]*\n))*\"|'(?:[^'\\\n]|\\.|\n(?![ \t]*\n))*'"
    r"|\((?:[^()\\\n]|\\.|\n(?![ \t]*\n))*\))"
)
_TARGET = r"(?:<[^<>\n]*>|[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)"
_DEFINITION = re.compile(
    rf"^[ \t>]*{_LABEL}:[ \t]*(?:\n[ \t]*)?(?:<[^<>\n]*>|[^\s<]\S*)"
    rf"((?:[ \t]+|[ \t]*\n[ \t]*){_TITLE})?[ \t]*(?:\n|\Z)",
    re.MULTILINE,
)
_LINK_TITLE = re.compile(rf"(?<=\]\()([ \t\n]*{_TARGET})([ \t\n]+{_TITLE})(?=[ \t\n]*\))")
_SPACED_TARGET = re.compile(r"(?<=\]\()[ \t\n]*<([^<>\n]*\s[^<>\n]*)>(?=[ \t\n]*\))")
_PICTURE = re.compile(
    rf"(?<!\\)!\[((?:[^\[\]\\]|\\.)+)\](?=\([ \t\n]*{_TARGET}(?:[ \t\n]+{_TITLE})?[ \t\n]*\)|\[)"
)
_REFERENCE = re.compile(
    r"\[((?:[^\[\]\\]|\\.|!?\[[^\[\]]{0,999}+\]){0,999}+)\](\[((?:[^\[\]\\]|\\.){0,999}+)\])?(?!\()"
)


def without_hidden(text: str, hidden: HiddenWords, *, is_mdx: bool = False, place: str = "") -> str:
    """A canonical Markdown text without what its readers do not see, which goes to ``hidden``.

    That is comments, definitions of link targets, titles of links, descriptions of pictures, attributes of
    tags, and what styles of HTML in it hide. Code stays as it is. In MDX the tags of components stay too:
    what they show of their attributes is theirs to say. ``place`` is where the text stands, if it is a part.

    >>> without_hidden('Ask <!-- never --> [her](/x "or him").', HiddenWords())
    'Ask  [her](/x).'
    """
    if not re.search(r"[<\[{]", text):
        return text
    code = masked(text, _code(text))
    cuts: list[Cut] = list(_comments(text, code))
    if is_mdx:
        cuts += [Cut(*found.span(), "comment", found[0]) for found in _MDX_COMMENT.finditer(code) if found[1]]
    code = masked(code, [(cut.start, cut.end) for cut in cuts])
    found = list(_definitions(code)) if "]:" in code else []
    bare = masked(code, [one.span() for one in found])
    cuts += _unused(text, found, bare)
    for pattern, group, how in (
        (_LINK_TITLE, 2, "title of a link"),
        (_SPACED_TARGET, 0, "target of a link"),
    ):
        cuts += [_cut(text, one, group, how) for one in pattern.finditer(bare)]
    cuts += [_cut(text, one, 1, "description of a picture") for one in _pictures(bare)]
    code = bare
    cuts += hidden_in_tags(text, code, is_mdx=is_mdx)
    return cut_out(text, cuts, hidden, place)


def _code(text: str) -> list[tuple[int, int]]:
    """Where code stands: blocks and fences, and spans in what is left."""
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    blocks = [(starts[first], min(starts[last], len(text))) for first, last in code_lines(text)]
    rest = masked(text, blocks)
    return blocks + list(_code_spans(rest))


def _code_spans(text: str) -> Iterator[tuple[int, int]]:
    """From each run of backticks to the next of its length in the paragraph, in one pass."""
    runs = [found.span() for found in _TICKS.finditer(text)]
    breaks = [found.start() for found in _BLANK_LINE.finditer(text)]
    places: dict[int, list[int]] = {}
    for number, (start, end) in enumerate(runs):
        places.setdefault(end - start, []).append(number)
    number = 0
    while number < len(runs):
        start, end = runs[number]
        alike = places[end - start]
        after = bisect_right(alike, number)
        following = alike[after] if after < len(alike) else None
        if following is not None and bisect_right(breaks, start) == bisect_right(breaks, runs[following][0]):
            yield start, runs[following][1]
            number = following
        number += 1


def _comments(text: str, code: str) -> Iterator[Cut]:
    for found in _COMMENT.finditer(code):
        start, end = found.span()
        line = code.rfind("\n", 0, start) + 1
        is_block = not code[line:start].strip() and start - line <= 3
        if not is_block:
            # Inside a paragraph it must be whole, and end with it; or else it is shown as it stands.
            if not found[0].endswith(">") or _BLANK_LINE.search(found[0]):
                continue
            if start and code[start - 1] == "\\":
                continue
        yield Cut(start, end, "comment", text[start + 4 : end].removesuffix("-->"))


def _cut(text: str, found: re.Match[str], group: int, how: str) -> Cut:
    return Cut(*found.span(group), how, text[slice(*found.span(group))])


def _definitions(code: str) -> Iterator[re.Match[str]]:
    """Definitions of link targets: they cannot stand in a paragraph, where they would be shown."""
    end = 0
    for found in _DEFINITION.finditer(code):
        before = code.rfind("\n", 0, max(found.start() - 1, 0)) + 1
        line = code[before : max(found.start() - 1, 0)].strip(" \t>")
        if not line or line.startswith("#") or found.start() == end:
            end = found.end()
            yield found


def _unused(text: str, definitions: list[re.Match[str]], bare: str) -> Iterator[Cut]:
    """Definitions that nothing names, titles of the others, and names of several words that are not shown:
    ``[here][long name]`` is shown as "here"."""
    named: set[str] = set()
    labels = {_folded(text, one, 1) for one in definitions}
    shown: list[tuple[re.Match[str], str]] = []
    for one in _REFERENCE.finditer(bare) if definitions else ():
        full = _folded(text, one, 3) if one[3] else ""
        if full in labels and " " in full and full != _folded(text, one, 1):
            shown.append((one, full))
        else:
            named.add(full or _folded(text, one, 1))
            named |= {" ".join(inner.casefold().split()) for inner in re.findall(r"\[([^\[\]]+)\]", one[1])}
    for one in definitions:
        if _folded(text, one, 1) not in named:
            yield _cut(text, one, 0, "definition of a link")
        elif one[2]:
            yield _cut(text, one, 2, "title of a link")
    for one, full in shown:
        if full not in named:
            yield Cut(one.start(), one.start() + 1, "")
            yield Cut(one.end(1), one.end(), "name of a link's target", full)


def _folded(text: str, found: re.Match[str], group: int) -> str:
    return " ".join(text[slice(*found.span(group))].casefold().split())


def _pictures(code: str) -> Iterator[re.Match[str]]:
    """Descriptions of pictures that are more than one word, or stand next to another picture's."""
    found = list(_PICTURE.finditer(code))
    ends = [one.end() for one in found]
    for one in found:
        before = bisect_right(ends, one.start()) - 1
        beside = before >= 0 and not re.search(
            r"[^\s()\[\]!]", _without_target(code[ends[before] : one.start()])
        )
        if beside or len(one[1].split()) > 1:
            yield one


def _without_target(between: str) -> str:
    return re.sub(r"^(?:\([^()]*\)|\[[^\[\]]*\])", "", between)
