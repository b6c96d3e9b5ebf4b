"""Pages of an uploaded PDF: drawn as they are, with the words where their rectangles say."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from app.corpus import Corpus, open_corpus
from app.documents.details import document_text, show_document
from app.documents.pages import page_box, page_image, page_rectangles, rectangles_of_page
from app.documents.readable import DocumentRequestError, NoSuchDocumentError
from app.ingestion.discover import discover
from app.jobs.open import open_jobs
from app.jobs.settings import JobsSettings
from app.registry.requester import Requester
from app.settings import Settings
from tests.app.ingestion.load.test_pdf import drawn, lines

ANN, BOB = Requester("ann", ("hr",)), Requester("bob")
PDF = drawn(lines("The warranty lasts 24 months."), lines("Batteries are excluded."))


def uploaded(corpus: Corpus, data: bytes = PDF) -> str:
    jobs = open_jobs(corpus)
    upload = jobs.uploads.begin(
        ANN, "warranty.pdf", hashlib.sha256(data).hexdigest(), len(data), readers=["hr"]
    )
    jobs.uploads.append(ANN, upload.id, 0, data)
    jobs.uploads.finish(ANN, [upload.id])
    jobs.worker.work_off()
    (record,) = corpus.registry.documents()
    return record.doc_id


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    with open_corpus(Settings(home=tmp_path_factory.mktemp("pages"))) as opened:
        uploaded(opened)
        yield opened


@pytest.fixture
def doc_id(corpus: Corpus) -> str:
    (record,) = corpus.registry.documents()
    return record.doc_id


def darkest(image: Image.Image, box: tuple[float, float, float, float]) -> int:
    low, _ = image.convert("L").crop(tuple(map(round, box))).getextrema()  # type: ignore[arg-type]
    return int(low)  # type: ignore[arg-type]


def test_words_stand_on_the_drawn_page_where_their_rectangles_say(corpus: Corpus, doc_id: str) -> None:
    text = document_text(corpus, ANN, doc_id).text
    assert show_document(corpus, ANN, doc_id).has_file
    for page, words in ((1, "24 months"), (2, "Batteries")):
        start = text.index(words)
        ((number, x0, y0, x1, y1),) = page_rectangles(corpus, ANN, doc_id, start, start + len(words))
        assert number == page
        assert any(one[1] <= x0 and x1 <= one[3] for one in rectangles_of_page(corpus, ANN, doc_id, page))
        image = Image.open(io.BytesIO(page_image(corpus, ANN, doc_id, page, scale=2)))
        height = image.height
        assert darkest(image, (x0 * 2, height - y1 * 2, x1 * 2, height - y0 * 2)) < 60
        assert darkest(image, (0, height - 40, image.width, height)) > 250


def test_a_page_is_for_whoever_may_read_the_document(corpus: Corpus, doc_id: str) -> None:
    for look in (
        lambda: page_image(corpus, BOB, doc_id, 1),
        lambda: page_rectangles(corpus, BOB, doc_id, 0, 5),
        lambda: rectangles_of_page(corpus, BOB, doc_id, 1),
    ):
        with pytest.raises(NoSuchDocumentError):
            look()


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_rectangles_are_laid_over_a_page_that_is_turned_and_cropped(tmp_path: Path, turned: int) -> None:
    sentence = "The warranty lasts 24 months."

    def page(canvas: Canvas) -> None:
        canvas.setCropBox((50, 100, 500, 760))
        canvas.setPageRotation(turned)
        canvas.translate(300, 400)
        canvas.rotate(turned)  # so that it is read upright
        canvas.drawString(0, 0, sentence)

    with open_corpus(Settings(home=tmp_path)) as corpus:
        doc_id = uploaded(corpus, drawn(page))
        (found,) = page_rectangles(corpus, ANN, doc_id, 0, len(sentence))
        box = page_box(corpus, ANN, doc_id, 1)
        image = Image.open(io.BytesIO(page_image(corpus, ANN, doc_id, 1, scale=2)))
        with pytest.raises(NoSuchDocumentError):
            page_box(corpus, BOB, doc_id, 1)
        with pytest.raises(NoSuchDocumentError, match="no page"):
            page_box(corpus, ANN, doc_id, 2)
    assert box.turned == turned
    assert box.size == pytest.approx((image.width / 2, image.height / 2), abs=0.5)
    assert image.size not in ((1191, 1684), (1684, 1191)), "it is not cropped"
    x, y, width, height = (2 * one for one in box.place(found))
    left, top, right, bottom = image.convert("L").point(lambda one: 255 if one < 128 else 0).getbbox()  # type: ignore[misc]
    # The rectangle holds the sentence's ink, and not much besides.
    assert x - 2 <= left < right <= x + width + 2
    assert y - 2 <= top < bottom <= y + height + 2
    assert abs(width - (right - left)) < 12
    assert abs(height - (bottom - top)) < 24


def test_what_is_no_page_of_it_is_refused(corpus: Corpus, doc_id: str) -> None:
    for page in (0, 3, -1):
        with pytest.raises(NoSuchDocumentError, match="no page"):
            page_image(corpus, ANN, doc_id, page)
        with pytest.raises(NoSuchDocumentError, match="no page"):
            rectangles_of_page(corpus, ANN, doc_id, page)
    for scale in (0.0, 100.0, float("nan")):
        with pytest.raises(DocumentRequestError):
            page_image(corpus, ANN, doc_id, 1, scale)
    with pytest.raises(DocumentRequestError):
        page_rectangles(corpus, ANN, doc_id, 5, 2)


def test_without_the_kept_file_there_is_no_image_and_it_says_so(tmp_path: Path) -> None:
    with open_corpus(Settings(home=tmp_path / "a", jobs=JobsSettings(keep_originals=False))) as corpus:
        doc_id = uploaded(corpus)
        assert not show_document(corpus, ANN, doc_id).has_file
        with pytest.raises(NoSuchDocumentError, match="there is no PDF file"):
            page_image(corpus, ANN, doc_id, 1)
        assert page_rectangles(corpus, ANN, doc_id, 0, 5)


@pytest.mark.parametrize("source", ["handbook", None])
def test_a_pdf_of_a_folder_is_drawn_from_where_it_is_while_it_is_the_same(
    tmp_path: Path, source: str | None
) -> None:
    folder = tmp_path / "hand books"
    file = folder / "größe 100%.pdf"
    folder.mkdir()
    file.write_bytes(PDF)
    with open_corpus(Settings(home=tmp_path / "home")) as corpus:

        def add() -> None:
            with corpus.writing() as (pipeline, writer):
                list(pipeline.add(discover([folder], source), source, writer))

        add()
        doc_id = corpus.registry.documents()[0].doc_id
        assert show_document(corpus, BOB, doc_id).has_file
        drawn_before = page_image(corpus, BOB, doc_id, 1)
        file.write_bytes(drawn(lines("Other words.")))
        assert not show_document(corpus, BOB, doc_id).has_file
        with pytest.raises(NoSuchDocumentError, match="there is no PDF file, or it was moved or changed"):
            page_image(corpus, BOB, doc_id, 1)
        file.write_bytes(PDF)
        folder.rename(tmp_path / "elsewhere")
        assert not show_document(corpus, BOB, doc_id).has_file
        if source:
            folder = tmp_path / "elsewhere"
            add()
            assert page_image(corpus, BOB, doc_id, 1) == drawn_before
