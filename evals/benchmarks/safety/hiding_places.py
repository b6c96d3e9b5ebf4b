"""Documents that each hide one sentence in one place, beside one that is seen; nothing is copied."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from io import BytesIO
from typing import Any

SEEN = "The reading room opens at nine."
HIDDEN = "The late fee is three hundred euro."


@dataclass(frozen=True, slots=True)
class HidingPlace:
    """A document. ``is_usual``: ordinary documents keep words there too, so it is not to be marked."""

    format: str
    place: str
    suffix: str
    make: Callable[[], bytes]
    is_usual: bool = False

    @property
    def data(self) -> bytes:
        return self.make()

    @property
    def file_name(self) -> str:
        return f"{self.format}-{self.place.replace(' ', '-')}{self.suffix}"


def hiding_places() -> Iterator[HidingPlace]:
    """All of them, by format."""
    for place, (page, is_usual) in _PAGES.items():
        yield HidingPlace("html", place, ".html", partial(_encoded, _page(page)), is_usual)
    for place, (source, is_usual) in _SOURCES.items():
        text = f"# Rules\n\n{SEEN}\n\n{source}\n"
        yield HidingPlace("markdown", place, ".md", partial(_encoded, text), is_usual)
    for place in ("white letters", "no size", "display none"):
        page, is_usual = _PAGES[place]
        yield HidingPlace("mail", place, ".eml", partial(_mail, page), is_usual)
    for place, draw in _PDFS.items():
        yield HidingPlace("pdf", place, ".pdf", partial(_pdf, draw))
    for place, write in _WORDS.items():
        yield HidingPlace("word", place, ".docx", partial(_word, write))
    for place, fill in _BOOKS.items():
        yield HidingPlace("excel", place, ".xlsx", partial(_book, fill))
    for place, build in _DECKS.items():
        yield HidingPlace("powerpoint", place, ".pptx", partial(_deck, build))
    for place, (styles, body) in _ODT.items():
        yield HidingPlace("opendocument", place, ".odt", partial(_odt, styles, body))
    for place, group in _RTF.items():
        yield HidingPlace("rtf", place, ".rtf", partial(_rtf, group))


def _encoded(text: str) -> bytes:
    return text.encode()


def _page(inner: str) -> str:
    return f"<html><head><title>Rules</title></head><body><h1>Rules</h1><p>{SEEN}</p>{inner}</body></html>"


def _styled(style: str, tag: str = "p") -> str:
    return f'<{tag} style="{style}">{HIDDEN}</{tag}>'


def _sheet(rules: str, attributes: str = 'class="x"') -> str:
    return f"<style>{rules}</style><div><p {attributes}>{HIDDEN}</p></div>"


_PAGES: dict[str, tuple[str, bool]] = {
    "display none": (_styled("display:none"), True),
    "display none by class": (_sheet(".x { display: none }"), True),
    "hidden attribute": (f"<p hidden>{HIDDEN}</p>", True),
    "comment": (f"<!-- {HIDDEN} -->", True),
    "template": (f"<template><p>{HIDDEN}</p></template>", True),
    "noscript": (f"<noscript><p>{HIDDEN}</p></noscript>", True),
    "description of a picture": (f'<p><img src="a.png" alt="{HIDDEN}"></p>', True),
    "title of an element": (f'<p title="{HIDDEN}">See above.</p>', True),
    "one pixel": (
        _styled("position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)", "span"),
        True,
    ),
    "closed dialog": (f"<dialog><p>{HIDDEN}</p></dialog>", True),
    "suggestions": (f"<datalist><option>{HIDDEN}</option></datalist>", True),
    "annotation of a formula": (
        f"<p><math><semantics><mi>x</mi><annotation>{HIDDEN}</annotation></semantics></math></p>",
        True,
    ),
    "words of a canvas": (f"<canvas>{HIDDEN}</canvas>", True),
    "visibility": (_styled("visibility:hidden"), False),
    "visibility collapse": (_styled("visibility: collapse"), False),
    "opacity": (_styled("opacity:0"), False),
    "opacity in per cent": (_styled("opacity: 1%"), False),
    "opacity times opacity": (f'<div style="opacity:.2">{_styled("opacity:.2")}</div>', False),
    "filter": (_styled("filter: opacity(0)"), False),
    "no size": (_styled("font-size:0"), False),
    "one pixel type": (_styled("font-size:1px"), False),
    "font shorthand": (_styled("font: 1px/1 serif"), False),
    "size by calc": (_styled("font-size: calc(1em - 16px)"), False),
    "size by em in em": (f'<div style="font-size:.2em">{_styled("font-size:.2em")}</div>', False),
    "white letters": (_styled("color:white;background:white"), False),
    "nearly white": (_styled("color:#fffffe"), False),
    "white in rgb": (_styled("color: rgb(255 255 255 / 100%)"), False),
    "white by hsl": (_styled("color: hsl(0, 0%, 99%)"), False),
    "transparent": (_styled("color:transparent"), False),
    "black on black": (_styled("color:#010101;background:#000"), False),
    "colour of the body": (
        f'<style>body {{ background: #123456 }}</style><p style="color:#123457">{HIDDEN}</p>',
        False,
    ),
    "font tag": (f'<p><font color="FFFFFF">{HIDDEN}</font></p>', False),
    "font tag in a cell": (
        f'<table bgcolor="#336699"><tr><td>a</td><td><font color="#336699">{HIDDEN}</font></td></tr></table>',
        False,
    ),
    "gradient": (_styled("color:#fff;background:linear-gradient(#fff, #fefefe)"), False),
    "variable": (f"<style>:root {{ --ink: #fff }}</style>{_styled('color: var(--ink)')}", False),
    "off screen": (_styled("position:absolute;left:-9999px"), False),
    "off screen by inset": (_styled("position:fixed;inset:-200vh auto auto -200vw"), False),
    "off screen by margin": (_styled("margin-left:-9999px"), False),
    "off screen by translate": (_styled("transform:translateX(-9999px)"), False),
    "text indent": (_styled("text-indent:-9999px"), False),
    "zero height": (_styled("height:0;overflow:hidden"), False),
    "zero width": (_styled("max-width:0;overflow:hidden;white-space:nowrap"), False),
    "clip path": (_styled("clip-path:inset(100%)"), False),
    "clip path circle": (_styled("clip-path:circle(0)"), False),
    "clip": (_styled("position:absolute;clip:rect(0 0 0 0)"), False),
    "scale": (_styled("transform:scale(0)", "div"), False),
    "scale property": (_styled("scale:0", "div"), False),
    "edge on": (_styled("transform:rotateY(90deg)", "div"), False),
    "content visibility": (_styled("content-visibility:hidden"), False),
    "class": (_sheet(".x { font-size: 0 }"), False),
    "id": (_sheet("#y { opacity: 0 }", 'id="y"'), False),
    "element": (_sheet("div p { color: white }", ""), False),
    "nth child": (_sheet("div :nth-child(1) { font-size: 1px }", ""), False),
    "attribute selector": (_sheet("[data-k=v] { visibility: hidden }", 'data-k="v"'), False),
    "nested rule": (_sheet("div { & > p { opacity: 0 } }", ""), False),
    "media query": (_sheet("@media (min-width: 10px) { .x { opacity: 0 } }"), False),
    "important": (
        f"<style>.x {{ font-size:0 !important }}</style><p class=x style='font-size:9pt'>{HIDDEN}</p>",
        False,
    ),
    "escaped property": (_styled("font-s\\69ze: 0"), False),
    "sheet in a link": (
        f'<link rel="stylesheet" href="data:text/css,.x%7Bopacity%3A0%7D"><p class="x">{HIDDEN}</p>',
        False,
    ),
    "inherited": (f'<div style="font-size:1px"><section><p>{HIDDEN}</p></section></div>', False),
}

_SOURCES: dict[str, tuple[str, bool]] = {
    "comment": (f"<!-- {HIDDEN} -->", True),
    "comment in a line": (f"Ask <!-- {HIDDEN} --> first.", True),
    "comment without end": (f"<!-- {HIDDEN}", True),
    "unused definition": (f'[fee]: https://example.org "{HIDDEN}"', True),
    "comment as definition": (f"[//]: # ({HIDDEN})", True),
    "label of a definition": (f"[{HIDDEN}]: https://example.org", True),
    "title of a used definition": (f'See [fees].\n\n[fees]: https://example.org "{HIDDEN}"', True),
    "name of a target": (f"See [fees][{HIDDEN}].\n\n[{HIDDEN}]: https://example.org", True),
    "title of a link": (f'See [fees](https://example.org "{HIDDEN}").', True),
    "target of a link": (f"See [fees](<{HIDDEN}>).", True),
    "description of a picture": (f"![{HIDDEN}](a.png)", True),
    "title of a picture": (f'![plan](a.png "{HIDDEN}")', True),
    "tag with style": (f'<span style="display:none">{HIDDEN}</span>', True),
    "block with hidden": (f"<div hidden>\n\n{HIDDEN}\n\n</div>", True),
    "attribute of a tag": (f'<span title="{HIDDEN}">See above.</span>', True),
    "description in a tag": (f'<img src="a.png" alt="{HIDDEN}">', True),
    "script": (f'<script>\nlet fee = "{HIDDEN}"\n</script>', True),
    "small type": (f'Fees: <span style="font-size:0">{HIDDEN}</span>', False),
    "white block": (f'<div style="color:white">\n\n{HIDDEN}\n\n</div>', False),
    "class": (f'<style>.x {{ opacity: 0 }}</style>\n\n<p class="x">{HIDDEN}</p>', False),
    "font tag": (f'<font color="#ffffff">{HIDDEN}</font>', False),
}


def _mail(inner: str) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"] = "Rules", "desk@example.org"
    message.set_content(_page(inner), subtype="html")
    return message.as_bytes()


def _pdf(draw: Callable[[Any], None]) -> bytes:
    from reportlab.pdfgen import canvas

    out = BytesIO()
    page = canvas.Canvas(out, pagesize=(595, 842), invariant=1)
    page.setFont("Helvetica", 12)
    page.drawString(72, 760, SEEN)
    draw(page)
    page.save()
    return out.getvalue()


def _with(**settings: Any) -> Callable[[Any], None]:
    """Draws the sentence with a fill, an opacity, a size or a place of its own."""

    def draw(page: Any) -> None:
        if box := settings.get("box"):
            page.setFillColorRGB(*box)
            page.rect(60, 590, 400, 30, stroke=0, fill=1)
        page.setFillColorRGB(*settings.get("fill", (0, 0, 0)))
        page.setFillAlpha(settings.get("alpha", 1))
        page.setFont("Helvetica", settings.get("size", 12))
        text = page.beginText(*settings.get("at", (72, 600)))
        text.setTextRenderMode(settings.get("mode", 0))
        text.textLine(HIDDEN)
        page.drawText(text)
        if cover := settings.get("cover"):
            page.setFillColorRGB(*cover)
            page.rect(60, 590, 400, 30, stroke=0, fill=1)

    return draw


_PDFS: dict[str, Callable[[Any], None]] = {
    "white": _with(fill=(1, 1, 1)),
    "nearly white": _with(fill=(0.97, 0.97, 0.97)),
    "white on a white box": _with(fill=(1, 1, 1), box=(1, 1, 1)),
    "blue on blue": _with(fill=(0.1, 0.2, 0.5), box=(0.1, 0.2, 0.5)),
    "transparent": _with(alpha=0),
    "not painted": _with(mode=3),
    "only clips": _with(mode=7),
    "one point": _with(size=1),
    "left of the page": _with(at=(-500, 600)),
    "below the page": _with(at=(72, -80)),
    "below a white box": _with(cover=(1, 1, 1)),
    "below a black box": _with(cover=(0, 0, 0)),
}


def _word(write: Callable[[Any, Any], None]) -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("Rules", 1)
    document.add_paragraph(SEEN)
    write(document, document.add_paragraph().add_run(HIDDEN))
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _coloured(document: Any, run: Any) -> None:
    from docx.shared import RGBColor

    run.font.color.rgb = RGBColor(255, 255, 255)


def _sized(document: Any, run: Any) -> None:
    from docx.shared import Pt

    run.font.size = Pt(1)


def _vanished(document: Any, run: Any) -> None:
    run.font.hidden = True


def _by_style(document: Any, run: Any) -> None:
    style = document.styles.add_style("Quiet", 1)
    style.font.hidden = True
    run._parent.style = style


def _by_character_style(document: Any, run: Any) -> None:
    from docx.shared import RGBColor

    style = document.styles.add_style("Pale", 2)
    style.font.color.rgb = RGBColor(254, 254, 254)
    run.style = style


def _property(name: str, value: str) -> Callable[[Any, Any], None]:
    def write(document: Any, run: Any) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        made = OxmlElement(name)
        made.set(qn("w:val"), value)
        run._r.get_or_add_rPr().append(made)

    return write


def _on_shade(document: Any, run: Any) -> None:
    from docx.oxml import parse_xml
    from docx.shared import RGBColor

    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    run._r.get_or_add_rPr().append(parse_xml(f'<w:shd {space} w:val="clear" w:fill="203040"/>'))
    run.font.color.rgb = RGBColor(0x20, 0x30, 0x41)


_WORDS: dict[str, Callable[[Any, Any], None]] = {
    "vanish": _vanished,
    "white": _coloured,
    "one point": _sized,
    "paragraph style": _by_style,
    "character style": _by_character_style,
    "squeezed": _property("w:w", "1"),
    "colour of its shading": _on_shade,
}


def _book(fill: Callable[[Any, Any], None]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Rules"
    for row in (["Place", "Rule", "Note"], ["Room", SEEN, "a"], ["Desk", "Ask there.", "b"]):
        sheet.append(row)
    fill(book, sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _hidden_row(book: Any, sheet: Any) -> None:
    sheet["B3"] = HIDDEN
    sheet.row_dimensions[3].hidden = True


def _flat_row(book: Any, sheet: Any) -> None:
    sheet["B3"] = HIDDEN
    sheet.row_dimensions[3].height = 0.1


def _hidden_column(book: Any, sheet: Any) -> None:
    sheet["C2"] = HIDDEN
    sheet.column_dimensions["C"].hidden = True


def _hidden_sheet(book: Any, sheet: Any, state: str = "hidden") -> None:
    other = book.create_sheet("Old")
    other.append(["Rule", HIDDEN])
    other.sheet_state = state


def _cell(**looks: Any) -> Callable[[Any, Any], None]:
    def fill(book: Any, sheet: Any) -> None:
        from openpyxl.styles import Font, PatternFill

        sheet["C2"] = HIDDEN
        if "format" in looks:
            sheet["C2"].number_format = looks["format"]
        sheet["C2"].font = Font(color=looks.get("color", "FF000000"), sz=looks.get("size", 11))
        if "fill" in looks:
            sheet["C2"].fill = PatternFill("solid", fgColor=looks["fill"])

    return fill


_BOOKS: dict[str, Callable[[Any, Any], None]] = {
    "hidden row": _hidden_row,
    "flat row": _flat_row,
    "hidden column": _hidden_column,
    "hidden sheet": _hidden_sheet,
    "very hidden sheet": lambda book, sheet: _hidden_sheet(book, sheet, "veryHidden"),
    "format that shows nothing": _cell(format=";;;"),
    "white": _cell(color="FFFFFFFF"),
    "colour of its fill": _cell(color="FF112233", fill="FF112233"),
    "one point": _cell(size=1),
}


def _deck(build: Callable[[Any, Any], None]) -> bytes:
    from pptx import Presentation

    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = SEEN
    build(deck, slide)
    out = BytesIO()
    deck.save(out)
    return out.getvalue()


def _box(slide: Any, left: int = 1_000_000, top: int = 2_000_000) -> Any:
    shape = slide.shapes.add_textbox(left, top, 3_000_000, 500_000)
    shape.text_frame.text = HIDDEN
    return shape


def _hidden_shape(deck: Any, slide: Any) -> None:
    _box(slide)._element.nvSpPr.cNvPr.set("hidden", "1")


def _hidden_slide(deck: Any, slide: Any) -> None:
    other = deck.slides.add_slide(deck.slide_layouts[5])
    _box(other)
    other._element.set("show", "0")


def _white_run(deck: Any, slide: Any) -> None:
    from pptx.dml.color import RGBColor

    _box(slide).text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor(255, 255, 255)


def _small_run(deck: Any, slide: Any) -> None:
    _box(slide).text_frame.paragraphs[0].runs[0].font._element.set("sz", "100")


_DECKS: dict[str, Callable[[Any, Any], None]] = {
    "hidden shape": _hidden_shape,
    "hidden slide": _hidden_slide,
    "right of the slide": lambda deck, slide: _box(slide, left=deck.slide_width + 1),
    "above the slide": lambda deck, slide: _box(slide, top=-900_000),
    "white": _white_run,
    "one point": _small_run,
}

_ODT: dict[str, tuple[str, str]] = {
    "hidden style": (
        '<style:text-properties text:display="none"/>',
        '<text:span text:style-name="S">{}</text:span>',
    ),
    "white": ('<style:text-properties fo:color="#ffffff"/>', '<text:span text:style-name="S">{}</text:span>'),
    "one point": (
        '<style:text-properties fo:font-size="1pt"/>',
        '<text:span text:style-name="S">{}</text:span>',
    ),
    "hidden field": ("", '<text:hidden-text text:is-hidden="true">{}</text:hidden-text>'),
}


def _odt(style: str, body: str) -> bytes:
    names = " ".join(
        f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for key, name in (
            ("office", "office"),
            ("text", "text"),
            ("style", "style"),
            ("fo", "xsl-fo-compatible"),
        )
    )
    content = (
        f"<office:document-content {names}><office:automatic-styles>"
        f'<style:style style:name="S" style:family="text">{style}</style:style></office:automatic-styles>'
        f"<office:body><office:text><text:h>Rules</text:h><text:p>{SEEN}</text:p>"
        f"<text:p>{body.format(HIDDEN)}</text:p></office:text></office:body></office:document-content>"
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
    return out.getvalue()


_RTF: dict[str, str] = {
    "hidden": r"{\v %s}",
    "white": r"{\cf1 %s}",
    "one point": r"{\fs2 %s}",
}


def _rtf(group: str) -> bytes:
    table = r"{\colortbl;\red255\green255\blue255;}"
    return rf"{{\rtf1\ansi{table}{SEEN}\par {group % HIDDEN}\par}}".encode()
