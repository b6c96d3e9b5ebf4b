"""Makes the HTML, PDF and DOCX samples in ``documents/`` from the Markdown in ``sources/``.

``sources/legal/terms.html.md`` gives ``documents/legal/terms.html``; the name says the format.
The same sources give the same bytes, on every machine. ``--check`` writes nothing and fails when a
file in ``documents/`` is not what its source gives.
"""

from __future__ import annotations

import argparse
import datetime as dt
import html
import io
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
import yaml
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Cm, Pt
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

SAMPLES = Path(__file__).resolve().parent
SOURCES = SAMPLES / "sources"
DOCUMENTS = SAMPLES / "documents"
COMPANY = "Isbrook Systems"
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Source:
    """One Markdown source: where its output goes, its front matter and its tokens as a tree."""

    target: Path
    meta: dict[str, Any]
    body: str

    @property
    def title(self) -> str:
        return str(self.meta["title"])

    @property
    def tree(self) -> SyntaxTreeNode:
        return SyntaxTreeNode(_markdown().parse(self.body))


def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


def sources() -> list[Source]:
    """All sources, in order of path."""
    return [_read(path) for path in sorted(SOURCES.rglob("*.md"))]


def _read(path: Path) -> Source:
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    target = DOCUMENTS / path.relative_to(SOURCES).with_suffix("")
    return Source(target=target, meta=yaml.safe_load(front), body=body.strip() + "\n")


def render(source: Source) -> bytes:
    """The bytes of the document that ``source`` describes."""
    makers = {".html": render_html, ".pdf": render_pdf, ".docx": render_docx}
    return makers[source.target.suffix](source)


# --- what the three formats share ---------------------------------------------------------------


def _plain(node: SyntaxTreeNode) -> str:
    """The words of an inline node, without markup."""
    if node.type in {"text", "code_inline"}:
        return node.content
    if node.type in {"softbreak", "hardbreak"}:
        return " "
    return "".join(_plain(child) for child in node.children)


def _rows(table: SyntaxTreeNode) -> list[list[str]]:
    return [[_plain(cell) for cell in row.children] for part in table.children for row in part.children]


def _items(block: SyntaxTreeNode) -> Iterator[str]:
    for item in block.children:
        yield " ".join(_plain(child) for child in item.children)


# --- HTML ---------------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - {site}</title>
{metas}
<link rel="canonical" href="https://{host}/{slug}">
<style>
body {{ font-family: system-ui, sans-serif; margin: 0; color: #1d2a33; }}
header, footer {{ background: #0f3b4c; color: #fff; padding: 1rem 2rem; }}
nav a {{ color: #cfe8f1; margin-right: 1.2rem; }}
main {{ max-width: 46rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.5; }}
table {{ border-collapse: collapse; }}
td, th {{ border: 1px solid #b9c9d1; padding: .3rem .6rem; text-align: left; }}
.cookies {{ position: fixed; bottom: 0; background: #fff8dd; padding: .8rem 2rem; }}
</style>
<script>window.isbrook = {{ page: "{slug}" }};</script>
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header>
<strong>{site}</strong>
<nav aria-label="Main">{nav}</nav>
</header>
<main id="content">
<article>
{body}</article>
</main>
<aside class="cookies" role="dialog" aria-label="Cookies">
<p>We use two cookies: one keeps you signed in, one counts visits.</p>
<button>Accept both</button> <button>Only the first</button>
</aside>
<footer>
<nav aria-label="Footer"><a href="/imprint">Imprint</a> <a href="/privacy">Privacy</a></nav>
<p>&copy; 2026 {company}</p>
</footer>
</body>
</html>
"""

CHROMES = {
    "help": ("Isbrook Help Centre", "help.isbrook.example", ["Products", "Plans", "Guides", "Contact"]),
    "legal": ("Isbrook Legal", "legal.isbrook.example", ["Terms", "Privacy", "Service levels", "Archive"]),
    "status": ("Isbrook Status", "status.isbrook.example", ["Now", "History", "Subscribe"]),
}


def render_html(source: Source) -> bytes:
    site, host, links = CHROMES[source.meta["chrome"]]
    metas = "\n".join(
        f'<meta name="{name}" content="{html.escape(str(value))}">'
        for name, value in source.meta.items()
        if name not in {"title", "chrome"}
    )
    nav = " ".join(f'<a href="/{link.lower().replace(" ", "-")}">{link}</a>' for link in links)
    page = PAGE.format(
        title=html.escape(source.title),
        site=site,
        host=host,
        slug=source.target.stem,
        metas=metas,
        nav=nav,
        body=_markdown().render(source.body),
        company=COMPANY,
    )
    return page.encode("utf-8")


# --- PDF ----------------------------------------------------------------------------------------

INK = colors.HexColor("#1d2a33")
ACCENT = colors.HexColor("#0f3b4c")
TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=10, leading=14, textColor=INK, spaceAfter=7)
CELL = ParagraphStyle("cell", parent=TEXT, fontSize=9, leading=11, spaceAfter=0)
CELL_HEAD = ParagraphStyle("cell-head", parent=CELL, fontName="Helvetica-Bold")
BULLET = ParagraphStyle("bullet", parent=TEXT, leftIndent=14, bulletIndent=4, spaceAfter=3)
HEADINGS = {
    level: ParagraphStyle(
        f"h{level}",
        parent=TEXT,
        fontName="Helvetica-Bold",
        fontSize=size,
        leading=size * 1.25,
        textColor=ACCENT,
        spaceBefore=before,
        spaceAfter=6,
        keepWithNext=1,
    )
    for level, size, before in ((1, 20, 0), (2, 14, 12), (3, 11.5, 8))
}
MARGIN = 22 * mm
TEXT_WIDTH = A4[0] - 2 * MARGIN


def render_pdf(source: Source) -> bytes:
    buffer = io.BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        title=source.title,
        author=COMPANY,
        subject=f"Version {source.meta['version']}, {source.meta['status']}",
        creator="samples/build.py",
        invariant=1,
        pageCompression=0,
    )
    frame = Frame(MARGIN, 24 * mm, TEXT_WIDTH, A4[1] - 52 * mm, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate("page", [frame], onPage=_furniture(source))])
    document.build([flowable for node in source.tree.children for flowable in _flowables(node)])
    return buffer.getvalue()


def _furniture(source: Source) -> Any:
    """Draws the running header and footer of a page."""

    def draw(canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setFont("Helvetica", 8)
        canvas.setFillColor(ACCENT)
        canvas.setStrokeColor(ACCENT)
        top, bottom, right = A4[1] - 17 * mm, 14 * mm, A4[0] - MARGIN
        canvas.drawString(MARGIN, top, COMPANY)
        canvas.drawRightString(right, top, source.title)
        canvas.line(MARGIN, top - 2 * mm, right, top - 2 * mm)
        canvas.drawString(MARGIN, bottom, f"{source.meta['date']:%d %B %Y}")
        canvas.drawRightString(right, bottom, f"Page {canvas.getPageNumber()}")
        canvas.restoreState()

    return draw


def _flowables(node: SyntaxTreeNode) -> list[Flowable]:
    if node.type == "heading":
        return [Paragraph(html.escape(_plain(node)), HEADINGS[int(node.tag[1])])]
    if node.type == "bullet_list":
        return [Paragraph(html.escape(item), BULLET, bulletText="\u2022") for item in _items(node)]
    if node.type == "table":
        return [_pdf_table(_rows(node)), Spacer(1, 9)]
    return [Paragraph(html.escape(_plain(node)), TEXT)]


def _pdf_table(rows: list[list[str]]) -> Table:
    styles = [CELL_HEAD] + [CELL] * (len(rows) - 1)
    cells = [
        [Paragraph(html.escape(cell), style) for cell in row] for row, style in zip(rows, styles, strict=True)
    ]
    table = Table(cells, colWidths=_widths(rows), repeatRows=1, hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.HexColor("#b9c9d1")),
                ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e3eff4")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return table


def _widths(rows: list[list[str]]) -> list[float]:
    """Column widths in proportion to the longest cell, inside the width of the text."""
    longest = [max(len(cell) for cell in column) + 3 for column in zip(*rows, strict=True)]
    scale = min(5.2, TEXT_WIDTH / sum(longest))
    return [length * scale for length in longest]


# --- DOCX ---------------------------------------------------------------------------------------


def render_docx(source: Source) -> bytes:
    document = docx.Document()
    _drop_ballast(document)
    _set_properties(document, source)
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(10.5)
    section = document.sections[0]
    section.left_margin = section.right_margin = Cm(2.2)
    section.header.paragraphs[0].text = f"{COMPANY} \u2013 {source.title}"
    section.footer.paragraphs[0].text = f"Version {source.meta['version']}, {source.meta['date']:%d %B %Y}"
    for node in source.tree.children:
        _add_docx(document, node)
    buffer = io.BytesIO()
    document.save(buffer)
    return _fixed_zip(buffer.getvalue())


def _drop_ballast(document: Any) -> None:
    """Removes what the default template carries and no sample uses: 0.8 MB of table styles and a picture."""
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in {"Normal Table", "Table Grid"}:
            style.delete()
    unused = ("/stylesWithEffects", "/customXml", "/thumbnail")
    for relations in (document.part.rels, document.part.package.rels):
        for key in [key for key, relation in relations.items() if relation.reltype.endswith(unused)]:
            del relations[key]


def _set_properties(document: Any, source: Source) -> None:
    moment = dt.datetime.combine(source.meta["date"], dt.time(9, 0))
    properties = document.core_properties
    properties.title = source.title
    properties.author = properties.last_modified_by = COMPANY
    properties.created = properties.modified = moment
    properties.version = str(source.meta["version"])
    properties.category = str(source.meta["department"])
    properties.content_status = str(source.meta["status"])
    properties.comments = ""


def _add_docx(document: Any, node: SyntaxTreeNode) -> None:
    if node.type == "heading":
        document.add_heading(_plain(node), level=int(node.tag[1]))
    elif node.type == "table":
        _add_docx_table(document, _rows(node))
    elif node.type == "bullet_list":
        for item in _items(node):
            document.add_paragraph(item, style="List Bullet")
    else:
        document.add_paragraph(_plain(node))


def _add_docx_table(document: Any, rows: list[list[str]]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    for cell in table.rows[0].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    document.add_paragraph()


def _fixed_zip(data: bytes) -> bytes:
    """The same archive with fixed times, so that its bytes depend on its content alone.

    Entries are stored, not deflated, since implementations of zlib differ in their output.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            new.writestr(entry, old.read(name), zipfile.ZIP_STORED)
    return buffer.getvalue()


# --- the command --------------------------------------------------------------------------------


def stale() -> list[Path]:
    """Documents that are missing or differ from what their source gives."""
    return [
        source.target
        for source in sources()
        if not source.target.is_file() or source.target.read_bytes() != render(source)
    ]


def write() -> int:
    """Writes every generated document; the number of files."""
    found = sources()
    for source in found:
        source.target.parent.mkdir(parents=True, exist_ok=True)
        source.target.write_bytes(render(source))
    return len(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if an output differs")
    if not parser.parse_args().check:
        print(f"{write()} documents written")
        return 0
    different = stale()
    for path in different:
        name = path.relative_to(SAMPLES)
        print(f"{name}: not what its source gives; run samples/build.py", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    raise SystemExit(main())
