"""PowerPoint presentations: slides as pages, titles as headings, tables as tables, then the notes."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from app.ingestion.errors import LoadError
from app.ingestion.load.building import TextBuilder, pipe_table
from app.ingestion.load.chart import chart_rows
from app.ingestion.load.container import broken, core_properties, office_metadata, opened
from app.ingestion.load.hidden import HiddenWords
from app.ingestion.load.limits import LoadLimits
from app.ingestion.load.pptx_unseen import background_of, hiding, is_hidden_slide, take_unseen_runs
from app.ingestion.load.textnorm import canonical, tidy_layout, words_of_stem
from app.registry.document import LoadedDocument

if TYPE_CHECKING:
    from pptx.slide import Slide

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_WORDS = "PowerPoint presentation"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_NO_TITLE = "powerpoint presentation"


def load_pptx(name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
    """A presentation. The title is its title property, else the first slide's title, else the file's stem.

    Every slide is a page, so page numbers are slide numbers; hidden ones are empty pages. Pictures, comments,
    slide numbers, dates and footers are left out, as is what viewers do not see; charts become tables. The
    speaker's notes are kept, each of their paragraphs named so: they are read by whoever opens the file.
    Raises ``LoadError``: ``zip-bomb``, ``locked``, ``broken-pptx``, ``no-text``, ``too-large``.
    """
    with opened(data, "pptx", _WORDS, limits) as archive:
        properties = core_properties(archive)
    builder, hidden = TextBuilder(limits), HiddenWords()
    try:
        titles = [_add_slide(builder, slide, number, hidden) for number, slide in enumerate(_slides(data), 1)]
    except LoadError:
        raise
    except (
        Exception
    ) as error:  # python-pptx raises KeyError, AttributeError, XMLSyntaxError … on damaged parts
        raise broken("pptx", _WORDS, error) from error
    text = builder.text()
    if not text:
        raise LoadError(
            "no-text",
            f"none of the {len(titles)} slides holds text",
            "if the slides are pictures, export them as PDF and run OCR first",
        )
    named = properties.get("title", "")
    title = named if named.casefold() != _NO_TITLE else ""
    title = title or next(filter(None, titles), "") or words_of_stem(name)
    return LoadedDocument(
        text,
        title,
        _MEDIA_TYPE,
        tuple(builder.blocks),
        builder.page_starts(),
        office_metadata(properties),
        hidden=hidden.found(),
    )


def _slides(data: bytes) -> Iterator[Slide]:
    from pptx.package import Package

    # Not ``Presentation``: that refuses slide shows and templates, which are the same inside.
    package = Package.open(BytesIO(data))
    yield from package.main_document_part.presentation.slides


def _add_slide(builder: TextBuilder, slide: Slide, number: int, hidden: HiddenWords) -> str:
    """Add one slide; its title, or an empty string."""
    builder.start_page()
    where = f"slide {number}"
    if is_hidden_slide(slide):
        words = " ".join(tag.text or "" for tag in slide._element.iter(f"{_DRAWING}t"))
        hidden.add("hidden slide", words, where)
        return ""
    shapes = _seen(slide, hidden, where)
    heading = slide.shapes.title
    if heading is not None and heading.shape_id not in {shape.shape_id for shape in shapes}:
        heading = None
    title = _words(heading.text_frame.text) if heading is not None and heading.has_text_frame else ""
    builder.heading(title, 2)
    for shape in shapes:
        if heading is None or shape.shape_id != heading.shape_id:
            _add_shape(builder, shape)
    if slide.has_notes_slide:
        frame = slide.notes_slide.notes_text_frame
        if frame is not None:
            notes = (f"Notes: {line}" for line in _lines(frame, bulleted=False))
            builder.add("paragraph", "\n".join(notes))
    return title


def _seen(slide: Slide, hidden: HiddenWords, where: str) -> list[Any]:
    """The shapes of a slide that are seen, without their runs that are not."""
    size = slide.part.package.presentation_part.presentation
    width, height = size.slide_width or 0, size.slide_height or 0
    background = background_of(slide)
    kept: list[Any] = []
    covered = False
    for shape in slide.shapes:
        if width and (how := hiding(shape, (width, height))):
            hidden.add(how, " ".join(tag.text or "" for tag in shape.element.iter(f"{_DRAWING}t")), where)
            continue
        take_unseen_runs(shape, None if covered else background, hidden, where)
        # What lies below the words of later shapes is not looked for.
        covered = (
            covered
            or not (shape.is_placeholder or shape.has_text_frame)
            or shape.element.find(f"{{*}}spPr/{_DRAWING}solidFill") is not None
        )
        kept.append(shape)
    return kept


def _add_shape(builder: TextBuilder, shape: Any) -> None:
    from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER

    if shape.is_placeholder and shape.placeholder_format.type in (
        PP_PLACEHOLDER.SLIDE_NUMBER,
        PP_PLACEHOLDER.FOOTER,
        PP_PLACEHOLDER.HEADER,
        PP_PLACEHOLDER.DATE,
    ):
        return
    if getattr(shape, "has_table", False) and shape.has_table:
        builder.add("table", pipe_table(list(_table_rows(shape.table))))
    elif getattr(shape, "has_chart", False) and shape.has_chart:
        _add_chart(builder, shape.chart_part)
    elif shape.has_text_frame:
        body = shape.is_placeholder and shape.placeholder_format.type in (
            PP_PLACEHOLDER.BODY,
            PP_PLACEHOLDER.OBJECT,
        )
        lines = list(_lines(shape.text_frame, bulleted=body))
        builder.add("list" if body and len(lines) > 1 else "paragraph", "\n".join(lines))
    elif _tag_of(shape) == "grpSp" or getattr(shape, "shape_type", None) == MSO_SHAPE_TYPE.GROUP:
        for inner in shape.shapes:
            _add_shape(builder, inner)
    else:
        builder.add("list", "\n".join(f"- {words}" for words in _diagram(shape)))


def _tag_of(shape: Any) -> str:
    return str(shape.element.tag).rpartition("}")[2]


def _table_rows(table: Any) -> Iterator[list[str]]:
    """The rows; a cell merged over several of them stands in each, for a row must be readable alone."""
    carried: dict[int, tuple[int, str]] = {}  # column -> (rows left, words)
    for row in table.rows:
        cells: list[str] = []
        for column, cell in enumerate(row.cells):
            left, words = carried.pop(column, (0, ""))
            if not left:
                left, words = 1, "" if cell.is_spanned else _words(cell.text)
                if cell.is_merge_origin:
                    left = cell.span_height
            cells.append(words)
            if left > 1:
                carried[column] = (left - 1, words)
        yield cells


def _lines(frame: Any, *, bulleted: bool) -> Iterator[str]:
    found = [(paragraph.level, _words(paragraph.text)) for paragraph in frame.paragraphs]
    found = [(level, words) for level, words in found if words]
    for level, words in found:
        yield f"{'  ' * level}- {words}" if bulleted and len(found) > 1 else words


def _words(text: str) -> str:
    return " ".join(canonical(tidy_layout(text)).split())


def _add_chart(builder: TextBuilder, part: Any) -> None:
    title, rows = chart_rows(part.blob)
    builder.add("paragraph", _words(title))
    builder.add("table", pipe_table([[_words(cell) for cell in row] for row in rows]))


def _diagram(shape: Any) -> Iterator[str]:
    """The words of a SmartArt drawing, whose text lies in a part of its own."""
    from lxml import etree

    for relation in shape.element.iter(_DIAGRAM):
        part = shape.part.related_part(relation.get(f"{_RELATION}dm"))
        # The same parser settings as elsewhere: no entities, nothing fetched.
        root = etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
        for paragraph in root.iter(f"{_DRAWING}p"):
            if words := _words("".join(text.text or "" for text in paragraph.iter(f"{_DRAWING}t"))):
                yield words
