"""Citations say where a reader finds the words: rectangles on PDF pages, links into web pages."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.registry.registry import DocumentRecord
from app.settings import Settings
from graphs.citing.text_fragment import visible_words
from tests.app.ingestion.load.test_pdf import drawn, lines
from tests.app.ingestion.load.test_pdf_places import bare, within
from tests.support.cli import Command
from tests.support.index import filled_index, new_document

VOLTS = "How many volts does the Heron gateway need?"
PAGE = "# Power\n\nThe Heron gateway needs a supply of 12 volts and draws 400 milliamperes at most.\n"
URI = "https://docs.example.com/heron#power"


def heron() -> bytes:
    return drawn(
        lines("About this manual, and for whom it was written."),
        lines("The Heron gateway needs a supply of", "12 volts and draws 400 milliamperes at most."),
    )


def rects(pincite: Pincite, record: DocumentRecord) -> object:
    stored = pincite.registry.stored_version(record.doc_id, record.version)
    assert stored is not None
    return stored.rects_at(0, 5)


def test_a_pdf_citation_has_the_rectangles_of_its_words(tmp_path: Path) -> None:
    (tmp_path / "heron.pdf").write_bytes(heron())
    with open_pincite(Settings(home=tmp_path / "home")) as pincite:
        with pincite.corpus.writing() as (pipeline, writer):
            list(pipeline.add(discover([tmp_path / "heron.pdf"], None), None, writer))
        (citation,) = pincite.ask(VOLTS).citations
    assert (citation.page, citation.link) == (2, "")
    assert [rect.page for rect in citation.rects] == [2, 2]
    places = [(rect.page, rect.x0, rect.y0, rect.x1, rect.y1) for rect in citation.rects]
    assert bare(within(heron(), places)) == bare(citation.quote)


def test_documents_read_by_an_earlier_loader_get_their_places_at_the_next_run(tmp_path: Path) -> None:
    (tmp_path / "heron.pdf").write_bytes(heron())
    home = tmp_path / "home"
    with open_pincite(Settings(home=home)) as pincite:
        found = discover([tmp_path / "heron.pdf"], None)
        for run in ("added", "updated"):
            with pincite.corpus.writing() as (pipeline, writer):
                assert [one.status for one in pipeline.add(found, None, writer)] == [run]
            (record,) = pincite.registry.documents()
            assert rects(pincite, record)
            connection = sqlite3.connect(home / "default" / "registry.sqlite")
            connection.execute("UPDATE versions SET layout = NULL")
            connection.execute("UPDATE documents SET pipeline = '2' || substr(pipeline, 2)")
            connection.commit()
            connection.close()
            assert rects(pincite, record) == []


def test_a_web_citation_has_a_link_to_its_words_and_ask_shows_it(tmp_path: Path) -> None:
    new = new_document(URI, PAGE)
    with filled_index(
        tmp_path / "home", [replace(new, loaded=replace(new.loaded, media_type="text/html"))]
    ) as p:
        (citation,) = p.ask(VOLTS).citations
    words = [word.text for word in visible_words(citation.quote)]
    assert citation.link == f"{URI}:~:text={'%20'.join(words[:3])},{'%20'.join(words[-3:])}"
    assert citation.rects == []
    shown = Command(tmp_path / "home", tmp_path / "runs")("ask", VOLTS).out
    assert f"      {citation.link}\n" in shown


def test_files_have_no_link(tmp_path: Path) -> None:
    with filled_index(tmp_path / "home", [new_document("source://handbook/heron.md", PAGE)]) as pincite:
        (citation,) = pincite.ask(VOLTS).citations
    assert (citation.link, citation.rects) == ("", [])
