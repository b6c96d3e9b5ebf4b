"""Ways to hide a sentence in HTML and Markdown: the source, and whether ordinary documents keep words so."""

from __future__ import annotations

SEEN = "The reading room opens at nine."
HIDDEN = "The late fee is three hundred euro."


def page_of(inner: str) -> str:
    """A page with the sentence that is seen, then ``inner``."""
    return f"<html><head><title>Rules</title></head><body><h1>Rules</h1><p>{SEEN}</p>{inner}</body></html>"


def _styled(style: str, tag: str = "p") -> str:
    return f'<{tag} style="{style}">{HIDDEN}</{tag}>'


def _sheet(rules: str, attributes: str = 'class="x"') -> str:
    return f"<style>{rules}</style><div><p {attributes}>{HIDDEN}</p></div>"


PAGES: dict[str, tuple[str, bool]] = {
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

SOURCES: dict[str, tuple[str, bool]] = {
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
