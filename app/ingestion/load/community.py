"""Saved web pages (.mht, .mhtml): the one place that uses langchain-community, and only when needed."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.ingestion.errors import LoadError
from app.ingestion.load.html import document_of
from app.registry.document import LoadedDocument

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.builder._lxml import LXMLTreeBuilder


def load_saved_page(name: str, data: bytes) -> LoadedDocument:
    """A web page saved as one MIME file, through langchain-community's ``MHTMLLoader``.

    That loader hands out bare text, words of neighbouring blocks glued together. The tree that it
    parses is kept instead, and read like any HTML page.
    Raises ``LoadError``: ``not-mhtml``, ``bad-encoding``, ``broken-mhtml``, ``no-text``.
    """
    if b"text/html" not in data.lower():
        raise LoadError(
            "not-mhtml",
            f"{Path(name).suffix} file is not a saved web page (it has no HTML part)",
            "save the page again as 'Webpage, Single File'",
        )
    soup = _parse(data)
    if soup is None:
        raise LoadError("broken-mhtml", "the saved page has no readable HTML part", "save the page again")
    return document_of(name, soup, "multipart/related")


def _parse(data: bytes) -> BeautifulSoup | None:
    with warnings.catch_warnings():
        # The package is sunset and says so on import; this adapter is why it is still here.
        warnings.simplefilter("ignore", DeprecationWarning)
        from langchain_community.document_loaders import MHTMLLoader

    builder, kept = _keeping_builder()
    with tempfile.TemporaryDirectory(prefix="pincite-") as folder:
        path = Path(folder, "page.mhtml")
        path.write_bytes(data)
        # Latin-1 carries every byte through the e-mail parser unchanged.
        loader = MHTMLLoader(path, open_encoding="latin-1", bs_kwargs={"builder": builder})
        try:
            loader.load()
        except UnicodeDecodeError as error:
            raise LoadError(
                "bad-encoding", "the saved page is not in UTF-8", "save the page again as UTF-8"
            ) from error
        except Exception as error:  # a third-party parser on hostile input
            raise LoadError("broken-mhtml", "the saved page cannot be read", "save the page again") from error
    return kept[0] if kept else None


def _keeping_builder() -> tuple[LXMLTreeBuilder, list[BeautifulSoup]]:
    """A tree builder that notes the soup it builds, and the list it notes it in."""
    from bs4.builder._lxml import LXMLTreeBuilder

    kept: list[BeautifulSoup] = []

    class Keeping(LXMLTreeBuilder):
        def initialize_soup(self, soup: Any) -> None:
            super().initialize_soup(soup)
            kept.append(soup)

    return Keeping(), kept
