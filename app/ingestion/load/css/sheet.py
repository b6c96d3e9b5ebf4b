"""Style sheets to rules: which selector declares what, of the properties that can hide words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.ingestion.load.css.values import MOST_CHARS, VIEWPORT, pixels

Declared = tuple[str, str, bool]
"""A property, its value in lower case, and whether it is important."""

_RELEVANT = frozenset(
    "display visibility opacity font-size color background-color background-image background-clip position "
    "left top right bottom clip clip-path transform translate scale text-indent width height max-width "
    "max-height overflow-x overflow-y margin-left margin-top filter content-visibility "
    "text-fill-color text-shadow transition animation float zoom all".split()
)
_PREFIX = re.compile(r"^-(?:webkit|moz|ms|o)-")
_FONT_SIZE = re.compile(
    r"(?:^|\s)((?:[\d.]+(?:px|pt|pc|in|cm|mm|em|rem|ex|ch|vw|vh|%)|0|(?:calc|clamp|min|max)\([^/]*\)"
    r"|xx-small|x-small|small|medium|large|x-large|xx-large))(?:\s*/\s*\S+)?\s+\S"
)
_MEDIA_FEATURE = re.compile(r"^(min-|max-)?(width|height)\s*:\s*(.+)$")
_MOST_NESTED = 8


@dataclass(frozen=True, slots=True)
class Rule:
    """One selector with what it declares. ``specificity`` counts ids, then classes, then types."""

    selector: str
    specificity: tuple[int, int, int]
    declared: tuple[Declared, ...]


def declarations(style: str) -> list[Declared]:
    """Those of a ``style`` attribute that matter here, shorthands taken apart.

    >>> declarations("DISPLAY:none; margin: 0 0 0 -999px !important; colour:red")
    [('display', 'none', False), ('margin-top', '0', True), ('margin-left', '-999px', True)]
    """
    import tinycss2

    found = tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True)
    return list(_declared(found))


def rules_of(sheet: str) -> Iterator[Rule]:
    """The rules that hold for a window of ``VIEWPORT`` on a screen, in order."""
    import tinycss2

    yield from _rules(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True), [], 0)


def _rules(nodes: Iterable[Any], above: Sequence[str], depth: int) -> Iterator[Rule]:
    import tinycss2

    if depth > _MOST_NESTED:
        return
    for node in nodes:
        if node.type == "qualified-rule":
            inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
            selectors = [_below(above, part) for part in _parts(node.prelude)]
            selectors = [selector for selector in selectors if len(selector) <= MOST_CHARS]
            if declared := tuple(_declared(inner)):
                for selector in selectors:
                    yield Rule(selector, _specificity(selector), declared)
            yield from _rules(inner, selectors, depth + 1)
        elif node.type == "at-rule" and node.content is not None:
            name = node.lower_at_keyword
            if (name == "media" and holds(plain(node.prelude))) or name in ("supports", "layer", "container"):
                inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
                if above and (declared := tuple(_declared(inner))):
                    for selector in above:
                        yield Rule(selector, _specificity(selector), declared)
                yield from _rules(inner, above, depth + 1)


def _parts(prelude: Sequence[Any]) -> Iterator[str]:
    """The selectors of a list."""
    import tinycss2

    part: list[Any] = []
    for token in [*prelude, None]:
        if token is None or (token.type == "literal" and token.value == ","):
            if text := tinycss2.serialize([one for one in part if one.type != "comment"]).strip():
                yield text
            part = []
        else:
            part.append(token)


def _below(above: Sequence[str], selector: str) -> str:
    if not above:
        return selector
    parent = f":is({', '.join(above)})"
    return selector.replace("&", parent) if "&" in selector else f"{parent} {selector}"


def _specificity(selector: str) -> tuple[int, int, int]:
    bare = re.sub(r"\([^()]*\)|\"[^\"]*\"|\'[^\']*\'", " ", re.sub(r":where\([^()]*\)", "", selector))
    inner = re.sub(r":where\([^()]*\)", "", selector)
    ids = len(re.findall(r"#[\w-]", inner))
    classes = len(re.findall(r"\.[\w-]|\[|(?<!:):(?!is\b|not\b|has\b|:)[\w-]", inner))
    types = len(re.findall(r"(?:^|[\s>+~(])[a-zA-Z]", bare)) + selector.count("::")
    return ids, classes, types


def _declared(nodes: Iterable[Any]) -> Iterator[Declared]:
    for node in nodes:
        if node.type == "declaration":
            name = node.name if node.name.startswith("--") else _PREFIX.sub("", node.lower_name)
            said = plain(node.value)
            for key, value in _longhands(name, said) if len(said) <= MOST_CHARS else ():
                yield key, value, bool(node.important)


def _longhands(name: str, value: str) -> Iterator[tuple[str, str]]:
    """A declaration as those of single properties; nothing for properties that do not matter here."""
    if name in _RELEVANT or name.startswith("--"):
        yield name, value
    elif name == "overflow":
        parts = value.split() or [""]
        yield from (("overflow-x", parts[0]), ("overflow-y", parts[-1]))
    elif name in ("margin", "inset"):
        top, right, bottom, left = _four(value)
        if name == "margin":
            yield from (("margin-top", top), ("margin-left", left))
        else:
            yield from (("top", top), ("right", right), ("bottom", bottom), ("left", left))
    elif name == "background":
        yield "background-image", value if "(" in value and _has_image(value) else "none"
        yield "background-color", value
    elif name == "font":
        found = _FONT_SIZE.search(value)
        if found:
            yield "font-size", found[1]
    elif name in ("inset-inline-start", "margin-inline-start"):
        yield {"inset-inline-start": "left", "margin-inline-start": "margin-left"}[name], value
    elif name in ("block-size", "max-block-size", "inline-size", "max-inline-size"):
        yield name.replace("block-size", "height").replace("inline-size", "width"), value
    elif name.startswith(("transition-", "animation-")) and value not in ("none", "0s"):
        yield name.partition("-")[0], value


def _has_image(value: str) -> bool:
    return any(word in value for word in ("url(", "gradient(", "image(", "image-set(", "element(", "var("))


def _four(value: str) -> tuple[str, str, str, str]:
    parts = re.findall(r"[^\s()]+(?:\([^()]*\))?", value) or [""]
    top = parts[0]
    right = parts[1] if len(parts) > 1 else top
    return top, right, parts[2] if len(parts) > 2 else top, parts[3] if len(parts) > 3 else right


def plain(tokens: Iterable[Any]) -> str:
    """Tokens in lower case, comments left out and escapes resolved."""
    pieces: list[str] = []
    for token in tokens:
        match token.type:
            case "comment":
                continue
            case "whitespace":
                pieces.append(" ")
            case "ident":
                pieces.append(token.value if token.value.startswith("--") else token.lower_value)
            case "number" | "percentage":
                pieces.append(f"{token.value:g}" + "%" * (token.type == "percentage"))
            case "dimension":
                pieces.append(f"{token.value:g}{token.lower_unit}")
            case "hash":
                pieces.append(f"#{token.value.lower()}")
            case "function":
                pieces.append(f"{token.lower_name}({plain(token.arguments)})")
            case "() block":
                pieces.append(f"({plain(token.content)})")
            case "string":
                pieces.append('"…"')
            case "url":
                pieces.append("url()")
            case _:
                pieces.append(token.serialize().lower())
    return " ".join("".join(pieces).split())


def holds(media: str) -> bool:
    """Whether a media query list holds for a window of ``VIEWPORT`` on a screen with a mouse, in the light.

    What is not known does not hold: pages say in such queries how other devices differ.

    >>> holds("print"), holds("screen and (max-width: 600px)"), holds("(min-width: 40em)")
    (False, False, True)
    """
    return any(map(_query_holds, media.lower().split(",")))


def _query_holds(query: str) -> bool:
    query = query.strip()
    if query.startswith("not "):
        return not _query_holds(query[4:])
    parts = [part.strip() for part in re.split(r"\band\b", query.removeprefix("only ").strip())]
    return all(map(_feature_holds, parts))


def _feature_holds(part: str) -> bool:
    if part in ("", "all", "screen"):
        return True
    inner = part.removeprefix("(").removesuffix(")").strip()
    found = _MEDIA_FEATURE.match(inner)
    if found:
        limit, size = pixels(found[3], 16.0, 0.0), VIEWPORT[found[2] == "height"]
        if limit is None:
            return False
        return size >= limit if found[1] == "min-" else size <= limit if found[1] else size == limit
    return inner.replace(" ", "") in (
        "prefers-color-scheme:light", "orientation:landscape", "hover:hover", "pointer:fine", "hover",
        "scripting:enabled", "color", "width", "height", "update:fast",
    )  # fmt: skip
