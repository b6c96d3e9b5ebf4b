"""Word documents: Mammoth makes HTML of their styles, then the HTML path."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

from app.ingestion.errors import LoadError
from app.ingestion.load.building import pipe_table
from app.ingestion.load.chart import chart_rows
from app.ingestion.load.container import broken, core_properties, office_metadata, opened
from app.ingestion.load.docx_unseen import without_unseen
from app.ingestion.load.hidden import HiddenWords
from app.ingestion.load.html import to_markdown
from app.ingestion.load.limits import LoadLimits
from app.ingestion.load.omml import with_plain_formulas
from app.ingestion.load.structure import first_title, markdown_blocks
from app.ingestion.load.textnorm import canonical, words_of_stem
from app.registry.document import LoadedDocument

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Code'] => pre:separator('\\n')
p[style-name='Source Code'] => pre:separator('\\n')
p[style-name='HTML Preformatted'] => pre:separator('\\n')
"""
_WORDS = "Word document"
_CHART = re.compile(r"word/charts/chart\d*\.xml")


def load_docx(name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
    """A Word document. The title is its title property, else its first heading, else the file's stem.

    Metadata: author, and groups when the keywords property says ``groups: a, b``. Pictures, comments,
    page headers and footers are left out; formulas are written in one line, charts as tables at the end.
    Raises ``LoadError``: ``zip-bomb``, ``broken-docx``, ``no-text``.
    """
    from bs4 import BeautifulSoup

    with opened(data, "docx", _WORDS, limits) as archive:
        properties = core_properties(archive)
        charts = list(_charts(archive))
    hidden = HiddenWords()
    text = "\n\n".join(
        filter(None, [to_markdown(BeautifulSoup(_html(data, hidden), "lxml"), hidden), *charts])
    )
    if not text:
        raise LoadError("no-text", "the document holds no text", "if it is a scan, run OCR first")
    blocks = markdown_blocks(text)
    title = properties.get("title") or first_title(blocks) or words_of_stem(name)
    return LoadedDocument(
        text, title, _MEDIA_TYPE, blocks, metadata=office_metadata(properties), hidden=hidden.found()
    )


def _charts(archive: zipfile.ZipFile) -> Iterator[str]:
    """Each chart's title and table; they come last, since the text does not say where they stand."""
    for path in sorted(archive.namelist()):
        if _CHART.fullmatch(path):
            title, rows = chart_rows(archive.read(path))
            table = canonical(pipe_table(rows))
            yield "\n\n".join(
                filter(None, [canonical(title).strip() and f"Chart: {canonical(title)}", table])
            )


def _html(data: bytes, hidden: HiddenWords) -> str:
    import mammoth

    try:
        result = mammoth.convert_to_html(
            BytesIO(with_plain_formulas(without_unseen(data, hidden))),
            style_map=_STYLES,
            # Pictures are never opened: a linked one could name any file on this machine.
            convert_image=mammoth.images.img_element(lambda image: {}),
        )
    except Exception as error:  # Mammoth raises KeyError, ExpatError, AttributeError … on damaged parts
        raise broken("docx", _WORDS, error) from error
    return str(result.value)
