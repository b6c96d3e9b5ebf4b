"""What a page holds that its readers do not see: taken out before anything else is, and noted."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_to_bytes

from app.ingestion.load.css.cascade import Cascade
from app.ingestion.load.css.sheet import Declared, holds
from app.ingestion.load.css.sight import Sight, removed
from app.ingestion.load.css.values import colour_of
from app.ingestion.load.hidden import HiddenWords

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from bs4.element import PageElement

_NEVER_SHOWN = {
    "template": "template",
    "noscript": "shown without scripts only",
    "noframes": "shown without frames only",
    "noembed": "shown without plug-ins only",
    "datalist": "suggestions of a field",
    "dialog": "dialog that is not open",
    "audio": "shown without sound only",
    "video": "shown without film only",
    "canvas": "shown without drawing only",
    "annotation": "annotation of a formula",
    "annotation-xml": "annotation of a formula",
}
_PASSED_OVER = frozenset(
    "head script style nav footer aside iframe svg button select object meta link".split()
)
"""Left out of every page (``html_furniture``), or without words."""
_ROOTS = frozenset({"html", "body"})
_MOST_SHEET_CHARS = 4_000_000
_LINK_COLOUR: Declared = ("color", "#0000ee", False)


def take_hidden(soup: BeautifulSoup, hidden: HiddenWords, where: str = "") -> None:
    """Take out of a page what is not seen when it is shown; ``soup`` is changed.

    Styles are read from ``style`` attributes and elements and ``data:`` sheets. Other sheets of a page are
    not here: then what colours stand on is doubtful, as is what transitions and animations begin from, and
    doubtful words stay. Raises ``LoadError`` (``too-large``).
    """
    from bs4 import Comment

    for comment in soup.find_all(string=lambda string: isinstance(string, Comment)):
        hidden.set_aside("comment", str(comment), where)
        comment.extract()
    sheets, all_here = _sheets(soup)
    if sum(map(len, sheets)) > _MOST_SHEET_CHARS:
        sheets, all_here = [], False
        hidden.add("style sheets too long to be read", soup.get_text(" "), where, "doubtful")
    for tag in soup.select("[title]"):
        hidden.set_aside("title of an element", str(tag["title"]), where)
    _Walk(Cascade(sheets), all_here, hidden, where).through(soup)
    _take_alternatives(soup, hidden, where)


def _sheets(soup: BeautifulSoup) -> tuple[list[str], bool]:
    """The page's style sheets as far as they are in it, and whether that is all of them."""
    sheets: list[str] = []
    all_here = True
    for tag in soup.find_all(["style", "link"]):
        if not holds(str(tag.get("media") or "")) or tag.find_parent(["noscript", "template"]):
            continue
        if tag.name == "style":
            sheets.append(tag.get_text())
            all_here = all_here and "@import" not in sheets[-1]
        elif "stylesheet" in str(tag.get("rel") or "").lower():
            href = str(tag.get("href") or "")
            if href.lower().startswith("data:"):
                sheets.append(_data(href))
            else:
                all_here = False
    return sheets, all_here


def _data(href: str) -> str:
    head, _, data = href.partition(",")
    if not head.lower().endswith(";base64"):
        return unquote(data)
    try:
        return base64.b64decode(unquote_to_bytes(data)).decode("utf-8", "replace")
    except binascii.Error:
        return ""


class _Walk:
    """One way through the tree, without recursion: pages nest as deep as they like."""

    def __init__(self, cascade: Cascade, all_here: bool, hidden: HiddenWords, where: str) -> None:
        self._cascade = cascade
        self._all_here = all_here
        self._hidden = hidden
        self._where = where
        self._gone: list[PageElement] = []

    def through(self, soup: BeautifulSoup) -> None:
        waiting: list[tuple[Tag, Sight]] = [(soup, Sight())]
        while waiting:
            tag, sight = waiting.pop()
            inner = self._entered(tag, sight)
            if inner is not None:
                self._read_words(tag, inner)
                waiting += [(child, inner) for child in reversed(_children(tag))]
        for one in self._gone:
            one.extract()

    def _entered(self, tag: Tag, sight: Sight) -> Sight | None:
        """What holds inside an element; None where there is nothing more to look at."""
        if tag.name in _PASSED_OVER:
            return None
        if tag.name in _NEVER_SHOWN and not (tag.name == "dialog" and tag.has_attr("open")):
            self._take(tag, _NEVER_SHOWN[tag.name], True)
            return None
        if tag.has_attr("hidden"):
            self._take(tag, "hidden element", True)
            return None
        declared = self._cascade.of(tag, list(_hints(tag)))
        if not declared:
            return sight
        inner = sight.inside(declared, tag.name)
        if tag.name in _ROOTS and inner.unseen():
            inner = replace(inner, changing=True)  # nobody publishes an empty page: a script shows it
        how, is_usual = removed(declared, tag.name, inner)
        if not how:
            return inner
        if tag.name in _ROOTS or (inner.changing and how != "display: none"):
            self._hidden.add(how, tag.get_text(" "), self._where, "doubtful")
            return inner
        self._take(tag, how, is_usual)
        return None

    def _take(self, tag: Tag, how: str, is_usual: bool) -> None:
        self._hidden.add(how, tag.get_text(" "), self._where, "set-aside" if is_usual else "hidden")
        self._gone.append(tag)

    def _read_words(self, tag: Tag, sight: Sight) -> None:
        how = sight.unseen()
        if not how:
            return
        doubtful = sight.changing or (how.startswith("letters") and not (self._all_here or sight.told))
        for child in tag.children:
            if _is_words(child) and (text := str(child)).strip():
                if doubtful:
                    self._hidden.add(how, text, self._where, "doubtful")
                else:
                    self._hidden.add(how, text, self._where)
                    self._gone.append(child)


def _children(tag: Tag) -> list[Tag]:
    from bs4 import Tag as Element

    return [child for child in tag.children if isinstance(child, Element)]


def _is_words(child: PageElement) -> bool:
    from bs4.element import CData, NavigableString

    return type(child) in (NavigableString, CData)


def _hints(tag: Tag) -> Iterator[Declared]:
    """What attributes of an element say of its looks."""
    attributes = tag.attrs
    if not attributes:
        return
    if tag.name == "a" and "href" in attributes:
        yield _LINK_COLOUR
    if "bgcolor" in attributes:
        below = _legacy(str(attributes["bgcolor"]))
        yield ("background-color", below, False) if below else ("background-image", "url()", False)
    if "background" in attributes:
        yield "background-image", "url()", False
    colour = attributes.get("color" if tag.name == "font" else "text" if tag.name == "body" else "")
    if colour and (named := _legacy(str(colour))):
        yield "color", named, False


def _legacy(value: str) -> str:
    """The colour of an attribute, for which browsers do without the hash; empty for none that is known."""
    value = value.strip().lower()
    bare = value.removeprefix("#")
    if len(bare) in (3, 6) and all(char in "0123456789abcdef" for char in bare):
        return f"#{bare}"
    return value if colour_of(value) else ""


def _take_alternatives(soup: BeautifulSoup, hidden: HiddenWords, where: str) -> None:
    """Note the descriptions of pictures. One word stands for what the picture shows (a formula's sign, a key,
    a face) and stays; more than that, or several such pictures in a row, are words that nobody sees."""
    seen: list[Tag] = []
    for image in soup.find_all("img"):
        words = str(image.get("alt") or "").split()
        beside = [_neighbour(image, "previous_siblings"), _neighbour(image, "next_siblings")]
        if words and (len(words) > 1 or "img" in beside):
            hidden.set_aside("description of a picture", " ".join(words), where)
            seen.append(image)
    for image in seen:
        image.replace_with(" ")


def _neighbour(image: Tag, side: str) -> str:
    for one in getattr(image, side):
        if getattr(one, "name", None) or str(one).strip():
            return str(getattr(one, "name", None) or "")
    return ""
