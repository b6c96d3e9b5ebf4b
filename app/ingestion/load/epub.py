"""EPUB books: their XHTML chapters in reading order, through the HTML path."""

from __future__ import annotations

import posixpath
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

from app.ingestion.errors import LoadError
from app.ingestion.load.building import TextBuilder
from app.ingestion.load.container import broken, opened
from app.ingestion.load.hidden import HiddenWords
from app.ingestion.load.html import parsed, to_markdown
from app.ingestion.load.limits import LoadLimits
from app.ingestion.load.structure import first_title, markdown_blocks
from app.ingestion.load.textnorm import canonical, words_of_stem
from app.registry.document import LoadedDocument, MetadataValue

_WORDS = "EPUB book"
_PAGES = ("application/xhtml+xml", "text/html", "application/xml")
_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def load_epub(name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
    """A book. The title is the book's, else its first heading, else the file's stem.

    A chapter without a heading gets the one that the table of contents gives it. Metadata: author.
    Raises ``LoadError``: ``zip-bomb``, ``locked``, ``broken-epub``, ``no-text``, ``too-large``.
    """
    builder, hidden = TextBuilder(limits), HiddenWords()
    with opened(data, "epub", _WORDS, limits) as archive:
        _refuse_locked(archive)
        folder, package = _package(archive)
        labels = _labels(archive, folder, package)
        for path in _spine(folder, package):
            _add_chapter(builder, archive, path, labels.get(path, ""), hidden)
        title, author = _said(package, "title"), _said(package, "creator")
    text, blocks = builder.text(), tuple(builder.blocks)
    if not text:
        raise LoadError(
            "no-text", "the book holds no readable text", "if its pages are pictures, run OCR first"
        )
    metadata: dict[str, MetadataValue] = {"author": author} if author else {}
    title = title or first_title(blocks) or words_of_stem(name)
    return LoadedDocument(
        text, title, "application/epub+zip", blocks, metadata=metadata, hidden=hidden.found()
    )


def _refuse_locked(archive: zipfile.ZipFile) -> None:
    if "META-INF/encryption.xml" not in archive.namelist():
        return
    methods = [tag.get("Algorithm", "") for tag in _xml(archive, "META-INF/encryption.xml").iter()]
    if any(method and not method.startswith(_FONTS) for method in methods):  # fonts may be veiled in any book
        raise LoadError("locked", "the book is protected against copying", "use a copy without protection")


def _xml(archive: zipfile.ZipFile, path: str) -> ElementTree.Element:
    try:
        # Expat expands no external entities and stops expansion bombs by itself.
        return ElementTree.fromstring(archive.read(path))  # noqa: S314
    except (ElementTree.ParseError, KeyError) as error:
        raise broken("epub", _WORDS, error) from error


def _package(archive: zipfile.ZipFile) -> tuple[str, ElementTree.Element]:
    """The folder of the package document, and its root."""
    for tag in _xml(archive, "META-INF/container.xml").iter():
        if tag.tag.endswith("}rootfile") and (path := tag.get("full-path")):
            return posixpath.dirname(path), _xml(archive, path)
    raise broken("epub", _WORDS)


def _items(folder: str, package: ElementTree.Element) -> dict[str, tuple[str, ElementTree.Element]]:
    return {
        tag.get("id", ""): (_inside(folder, tag.get("href", "")), tag)
        for tag in package.iter()
        if tag.tag.endswith("}item")
    }


def _inside(folder: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


def _spine(folder: str, package: ElementTree.Element) -> Iterator[str]:
    items = _items(folder, package)
    for tag in package.iter():
        if tag.tag.endswith("}itemref"):
            path, item = items.get(tag.get("idref", ""), ("", None))
            is_contents = item is not None and "nav" in item.get("properties", "").split()
            if item is not None and item.get("media-type") in _PAGES and not is_contents:
                yield path


def _labels(archive: zipfile.ZipFile, folder: str, package: ElementTree.Element) -> dict[str, str]:
    """What the table of contents (EPUB 3 navigation or EPUB 2 NCX) calls each chapter file."""
    found: dict[str, str] = {}
    for path, item in _items(folder, package).values():
        is_nav = "nav" in item.get("properties", "").split()
        is_ncx = item.get("media-type") == "application/x-dtbncx+xml"
        if not (is_nav or is_ncx) or path not in archive.namelist():
            continue
        try:
            root = _xml(archive, path)
        except LoadError:
            continue  # the contents are a courtesy
        for tag in root.iter():
            if is_nav and tag.tag.endswith("}a"):
                label, href = "".join(tag.itertext()), tag.get("href", "")
            elif is_ncx and tag.tag.endswith("}navPoint"):
                label = next((t.text or "" for t in tag.iter() if t.tag.endswith("}text")), "")
                href = next((t.get("src", "") for t in tag.iter() if t.tag.endswith("}content")), "")
            else:
                continue
            target = _inside(posixpath.dirname(path), href)
            found.setdefault(target, canonical(" ".join(label.split())))
    return found


def _add_chapter(
    builder: TextBuilder, archive: zipfile.ZipFile, path: str, label: str, hidden: HiddenWords
) -> None:
    if path not in archive.namelist():
        return
    text = to_markdown(parsed(archive.read(path)), hidden, posixpath.basename(path))
    if text and label and not first_title(markdown_blocks(text)):
        builder.heading(label, 1)
    builder.markdown(text)


def _said(package: ElementTree.Element, key: str) -> str:
    for tag in package.iter(f"{{http://purl.org/dc/elements/1.1/}}{key}"):
        if words := canonical(" ".join("".join(tag.itertext()).split())):
            return words
    return ""
