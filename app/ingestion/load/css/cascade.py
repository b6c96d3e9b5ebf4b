"""Which declarations hold for an element: by importance, origin, specificity and order (CSS Cascade 4)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.ingestion.errors import LoadError
from app.ingestion.load.css.sheet import Declared, Rule, declarations, rules_of

if TYPE_CHECKING:
    from bs4 import Tag

_COMPOUND = re.compile(r"(?P<type>\*|[a-zA-Z][\w-]*)?(?P<rest>(?:[.#][\w-]+)*)$")
_NAME = re.compile(r"([.#])((?:[\w-]|[^\x00-\x7f])+)")
_LAST_COMPOUND = re.compile(r"(?:^|[\s>+~])([^\s>+~]*)$")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NOT_ELEMENTS = re.compile(r"::|:(?:before|after|first-line|first-letter)\b")
_MOST_TRIED = 5_000_000
"""Selectors tried on elements of one page, those that only soupsieve reads counted as ``_DEAR``; a page that
needs more is refused."""
_DEAR = 25

_Simple = tuple[str, str, frozenset[str]]
"""Type, id and classes of an element."""

_Chain = tuple[tuple[str, _Simple], ...]
"""From the element itself outwards: what it must be, and whether that must be the next one (``>``)."""


class Cascade:
    """The rules of a page's style sheets, found by the id, class or type that they end in."""

    def __init__(self, sheets: Iterable[str]) -> None:
        self._by_key: dict[str, list[tuple[int, Rule, _Chain | None]]] = defaultdict(list)
        self._tried = 0
        count = 0
        for sheet in sheets:
            for rule in rules_of(sheet):
                if not _NOT_ELEMENTS.search(rule.selector):
                    count += 1
                    self._by_key[_key(rule.selector)].append((count, rule, _chain(rule.selector)))

    def of(self, tag: Tag, hints: Iterable[Declared] = ()) -> dict[str, str]:
        """What holds for an element, by property. ``hints`` come from its own attributes, before all rules.

        Raises ``LoadError`` (``too-large``): the page has far too many rules for its elements.
        """
        style = tag.get("style")
        own = declarations(str(style)) if style else []
        matched = self._matched(tag) if self._by_key else []
        if not (own or matched or hints):
            return {}
        found: dict[str, str] = {name: value for name, value, _ in hints}
        layers = [rule.declared for rule in matched]
        for important in (False, True):
            for declared in (*layers, own):
                found.update((name, value) for name, value, weight in declared if weight == important)
        return found

    def _matched(self, tag: Tag) -> list[Rule]:
        """The rules whose selector the element fits, the weightiest last."""
        classes = _classes(tag)
        identity = str(tag.get("id") or "")
        keys = [f"#{identity}", *(f".{name}" for name in classes), tag.name, "*"]
        found: list[tuple[tuple[int, int, int], int, Rule]] = []
        for key in dict.fromkeys(keys):
            for order, rule, chain in self._by_key.get(key, ()):
                self._tried += _DEAR if chain is None else len(chain)
                if _fits(rule.selector, tag) if chain is None else _is_in(chain, tag):
                    found.append((rule.specificity, order, rule))
        if self._tried > _MOST_TRIED:
            raise LoadError(
                "too-large",
                "its style sheets hold too many rules for a page of its size",
                "save the page without its style sheets, or split it",
            )
        return [rule for _, _, rule in sorted(found, key=lambda one: one[:2])]


def _key(selector: str) -> str:
    """What an element must have to fit: an id, else a class, else a type of the last part; else anything."""
    bare = selector
    # Something stays for them: "p [id]" is anything with an id, not the "p" before it.
    while (shorter := _BRACKETS.sub("*", bare)) != bare:
        bare = shorter
    last = _LAST_COMPOUND.search(bare.rstrip())
    compound = last[1].partition(":")[0] if last else ""
    names = _NAME.findall(compound)
    for sign in "#.":
        for found, name in names:
            if found == sign and "\\" not in compound:
                return f"{sign}{name}"
    kind = re.match(r"[a-zA-Z][\w-]*", compound)
    return kind[0].lower() if kind and not names else "*"


def _chain(selector: str) -> _Chain | None:
    """A selector of types, ids and classes inside each other, from the right; None for any other."""
    parts = re.split(r"\s*(>)\s*|\s+", selector.strip())
    chain: list[tuple[str, _Simple]] = []
    sign = ""
    for part in reversed([part for part in parts if part]):
        if part == ">":
            sign = ">"
        elif (simple := _simple(part)) is None:
            return None
        else:
            chain.append((sign, simple))
            sign = ""
    return tuple(chain) if chain and not sign else None


def _simple(compound: str) -> _Simple | None:
    """Type, id and classes of a compound that is nothing but these; None for any other."""
    found = _COMPOUND.match(compound)
    if found is None or not compound:
        return None
    names = _NAME.findall(found["rest"])
    ids = [name for sign, name in names if sign == "#"]
    if len(ids) > 1:
        return None
    return (
        (found["type"] or "*").lower(),
        "".join(ids),
        frozenset(name for sign, name in names if sign == "."),
    )


def _is(simple: _Simple, tag: Tag) -> bool:
    kind, identity, classes = simple
    if tag.parent is None:  # the tree, which is no element
        return False
    if kind not in ("*", tag.name) or (identity and tag.get("id") != identity):
        return False
    return not classes or classes <= set(_classes(tag))


def _is_in(chain: _Chain, tag: Tag) -> bool:
    """Whether an element and those around it fit a chain."""
    if not _is(chain[0][1], tag):
        return False
    # Where each link may stand: an outer one anywhere above all places of the one before, or next to them.
    places: list[Tag] = [tag]
    for sign, simple in chain[1:]:
        if sign == ">":
            around = [place.parent for place in places if place.parent is not None]
        else:
            around = list(places[0].parents)
        places = [outer for outer in around if _is(simple, outer)]
        if not places:
            return False
    return True


def _classes(tag: Tag) -> list[str]:
    names: str | list[str] = tag.get("class") or ""
    return names.split() if isinstance(names, str) else list(names)


def _fits(selector: str, tag: Tag) -> bool:
    import soupsieve

    try:
        return soupsieve.compile(selector).match(tag)
    except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError, RecursionError):
        return False  # a browser passes over what it cannot read, too
