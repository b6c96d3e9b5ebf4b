"""HTML pages: the readable part, as Markdown text, then the same structure code as Markdown."""

from __future__ import annotations

import codecs
import re
import warnings
from typing import TYPE_CHECKING

from app.ingestion.errors import LoadError
from app.ingestion.load.hidden import HiddenWords
from app.ingestion.load.html_furniture import drop_furniture
from app.ingestion.load.html_hidden import take_hidden
from app.ingestion.load.html_tables import flatten_tables
from app.ingestion.load.restrictions import names_readers, refuse_unclear, unclear
from app.ingestion.load.structure import first_title, markdown_blocks
from app.ingestion.load.textnorm import canonical, decode, tidy_layout, words_of_stem
from app.registry.document import LoadedDocument, MetadataValue

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

# Words matter, not looks: a quote should be the words on the page, so emphasis and link targets go.
_UNMARKED = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "span",
    "font",
    "s",
    "del",
    "sub",
    "sup",
    "mark",
    "q",
    "kbd",
    "samp",
]
_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_FIRST_TAG = re.compile(r"<(?!!--)")
_NAMING = ("name", "property", "itemprop", "http-equiv", "id")
"""Attributes by which a meta tag says what it is of."""
_META = {"author": "author", "date": "date", "description": "description", "groups": "groups"}


def load_html(name: str, data: bytes) -> LoadedDocument:
    """An HTML page. The title is ``<title>``, else the first heading, else the file's stem.

    ``<meta name=... content=...>`` gives author, date, description and groups (comma-separated).
    Raises ``LoadError``: ``unclear-readers``, ``broken-html``, ``bad-encoding``, ``binary``, ``no-text``.

    >>> load_html("a.html", b"<h1>Leave</h1><nav>Home</nav><p>Ask <b>first</b>.").text
    '# Leave\\n\\nAsk first.'
    """
    return document_of(name, parsed(data), "text/html")


def parsed(data: bytes) -> BeautifulSoup:
    """The tree of a page. Raises ``LoadError``: ``unclear-readers``, ``bad-encoding``, ``binary``."""
    from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning

    text = decode(data, declared=_declared(data))
    refuse_unclear(_FIRST_TAG.split(text, maxsplit=1)[0])

    with warnings.catch_warnings():
        # XHTML is read as browsers read it: mistakes in it are common, and no reason to stop.
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(text, "lxml")


def _declared(data: bytes) -> str | None:
    found = _CHARSET.search(data[:4096])
    try:
        encoding = codecs.lookup(found[1].decode("ascii")).name if found else None
    except LookupError:
        return None
    # Browsers read these labels as Windows-1252; and a page that can be read as ASCII is not UTF-16.
    if encoding in ("iso8859-1", "ascii"):
        return "cp1252"
    return None if encoding is None or encoding.startswith(("utf-16", "utf-32", "utf-8")) else encoding


def document_of(name: str, soup: BeautifulSoup, media_type: str) -> LoadedDocument:
    """The document in a parsed page; ``soup`` is changed.

    Raises ``LoadError``: ``broken-html``, ``no-text``.
    """
    metadata = _metadata(soup)
    page_title = " ".join(soup.title.get_text().split()) if soup.title else ""
    hidden = HiddenWords()
    text = to_markdown(soup, hidden)
    if not text:
        raise LoadError(
            "no-text", "the page holds no readable text", "save the page after it has loaded in full"
        )
    blocks = markdown_blocks(text)
    title = canonical(tidy_layout(page_title)) or first_title(blocks) or words_of_stem(name)
    return LoadedDocument(text, title, media_type, blocks, metadata=metadata, hidden=hidden.found())


def to_markdown(soup: BeautifulSoup, hidden: HiddenWords, where: str = "") -> str:
    """The readable part of a page as canonical Markdown text; ``soup`` is changed.

    What is not seen goes to ``hidden``, found at ``where``.
    Raises ``LoadError``: ``broken-html``, ``too-large``.
    """
    from markdownify import MarkdownConverter

    take_hidden(soup, hidden, where)
    drop_furniture(soup)
    flatten_tables(soup)
    converter = MarkdownConverter(
        heading_style="ATX",
        bullets="-",
        strip=_UNMARKED,
        escape_asterisks=False,
        escape_underscores=False,
        escape_misc=False,
        table_infer_header=True,
    )
    try:
        text = converter.convert_soup(soup.body or soup)
    except RecursionError as error:
        raise LoadError(
            "broken-html", "the page is nested too deeply to read", "simplify the page"
        ) from error
    text = canonical(tidy_layout(text))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)).strip()


def _metadata(soup: BeautifulSoup) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {}
    for tag in soup.find_all("meta"):
        name, content = _META.get(_attribute(tag, "name").lower()), _attribute(tag, "content")
        if any(names_readers(_attribute(tag, one)) for one in _NAMING):
            groups = [group.strip() for group in content.split(",") if group.strip()]
            if name != "groups" or name in metadata or not groups:
                raise unclear(
                    f"a meta tag says who may read ({_attribute(tag, 'name') or 'no name'}: {content!r})"
                )
            metadata[name] = [*groups]
        elif name and content:
            metadata[name] = content
    return metadata


def _attribute(tag: Tag, name: str) -> str:
    return canonical(" ".join(str(tag.get(name) or "").split()))
