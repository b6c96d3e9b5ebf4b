"""What stands on a web page beside its content: menus, banners, footers, cookie notices. It is taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_DROPPED = (
    "script, style, nav, footer, aside, template, noscript, iframe, svg, button, select, dialog, object"
)
_ROLES = ", ".join(
    f"[role={role}]"
    for role in "navigation banner contentinfo search menu menubar dialog alertdialog".split()
)
_HIDDEN = "[aria-hidden=true], a.headerlink, a.anchor"
_SKIP = re.compile(r"\s*(?:skip|jump) (?:to|over)\b", re.IGNORECASE)
# Names that say what an element is for, whole or as a part between hyphens and underscores.
_NOTICE = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|onetrust|cookiebanner|cookiebot)(?=$|[\s_-])", re.IGNORECASE
)
_MENU = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|submenu|sidebar|breadcrumbs?|footer|share|sharing|social|toolbar|"
    r"interlanguage|pagination|pager|tabs|sitemap|related)(?=$|[\s_-])",
    re.IGNORECASE,
)
_NAMED = ("div", "section", "ul", "ol", "table", "form", "p", "header")
_MENU_LINKS = 0.7
"""Share of a block's characters inside links from which a block named like a menu is one."""
_LITTLE, _SHARE = 200, 0.2
"""A page keeps its furniture where without it fewer characters, and a smaller share, would be left."""
_MAX_NOTICE = 3000
"""Characters above which something named after cookies is a text about them."""
# What Office writes below the descriptions that it makes up itself.
_AUTOMATIC = re.compile(r"(?:AI-generated content may be incorrect|Description automatically generated)\.?")


def drop_furniture(soup: BeautifulSoup) -> None:
    """Take out what is no content; ``soup`` is changed. Pictures leave what they have for a description.

    What merely looks like furniture by its name goes only where its text bears it out: a menu is mostly
    links, a cookie notice is short, and neither is more than half of the page.
    """
    dropped = [*soup.select(_DROPPED), *soup.select(_HIDDEN)]
    # A header inside the article holds its title; only the page's own header is furniture.
    dropped += [tag for tag in soup.find_all("header") if not tag.find_parent(["article", "main", "section"])]
    _drop(dropped)
    total = _length(soup)
    beside = soup.select(_ROLES)
    beside += [tag for tag in soup.select("a[href^='#']") if _SKIP.match(tag.get_text())]
    beside += [tag for tag in soup.find_all(_NAMED) if _is_notice(tag, total) or _is_menu(tag, total)]
    outermost = set(map(id, beside))
    taken = sum(_length(tag) for tag in beside if not any(id(parent) in outermost for parent in tag.parents))
    left = total - taken
    # A page of little else is about where things are.
    if left >= _LITTLE or left > _SHARE * total:
        _drop(beside)
    for form in soup.find_all("form"):
        # Some frameworks wrap the whole page in one form.
        if _length(form) * 2 > total:
            form.unwrap()
        else:
            form.decompose()
    for image in soup.find_all("img"):
        words = _AUTOMATIC.sub("", str(image.get("alt") or "")).strip()
        image.replace_with(f" {words} " if words else "")


def _drop(tags: Iterable[Tag]) -> None:
    for tag in list(tags):
        if not tag.decomposed:
            tag.decompose()


def _is_notice(tag: Tag, total: int) -> bool:
    if not _NOTICE.search(_names(tag)):
        return False
    length = _length(tag)
    return length <= _MAX_NOTICE and length * 2 < total


def _is_menu(tag: Tag, total: int) -> bool:
    if not _MENU.search(_names(tag)):
        return False
    length = _length(tag)
    linked = sum(_length(link) for link in tag.find_all("a"))
    return length * 2 < total and linked >= _MENU_LINKS * length


def _length(tag: Tag) -> int:
    """Characters of text, white space left out."""
    return len("".join(tag.get_text().split()))


def _names(tag: Tag) -> str:
    classes = tag.get("class") or ""
    words = classes if isinstance(classes, str) else " ".join(classes)
    return f"{tag.get('id') or ''} {words}"
