"""An answer with its citations as other programs take it in: Markdown, text, HTML, CSL-JSON.

Titles and quotes are the documents' and are escaped as each form needs.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from app.answers.asked_only import asked_only
from graphs.contracts import Answer, Citation

_MARKUP = re.compile(r"([\\`*_{}\[\]<>&~$|!#])")
_LINE_START = re.compile(r"^([-+=:]|\d+(?=[.)]))")
_ADDRESS = re.compile(r"(?<=\w)(://)|\b(www)(\.)|(?<=\S)(@)(?=\S)", re.IGNORECASE)

_HTML = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
{body}
</body>
</html>
"""


def as_markdown(answer: Answer) -> str:
    """Sentences with footnotes, as GitHub and Pandoc read them."""
    lines = [f"**{_md(answer.question)}**", ""]
    said = [_md(text) + "".join(f"[^{number}]" for number in numbers) for text, numbers in _sentences(answer)]
    lines += [" ".join(said), ""]
    for notice in _notices(answer):
        lines += [f"*{_md(notice)}*", ""]
    for one in answer.citations:
        address = web_address(one)
        at = f" <{address}>" if address else ""
        lines.append(f"[^{one.number}]: {_md(_place(one))}: “{_md(one.quote)}”{at}")
    return "\n".join(lines).rstrip("\n") + "\n"


def as_text(answer: Answer) -> str:
    """Plain text: sentences with [n], then the sources."""
    said = [
        _one_line(text) + "".join(f" [{number}]" for number in numbers)
        for text, numbers in _sentences(answer)
    ]
    lines = [_one_line(answer.question), "", " ".join(said), ""]
    lines += [line for notice in _notices(answer) for line in (_one_line(notice), "")]
    for one in answer.citations:
        address = web_address(one)
        lines.append(f"[{one.number}] {_one_line(_place(one))}: “{_one_line(one.quote)}”")
        lines += [f"    {address}"] if address else []
    return "\n".join(lines).rstrip("\n") + "\n"


def as_html(answer: Answer) -> str:
    """A whole page without a script or a style; addresses are links where they lead to the web."""
    said = [
        html.escape(text)
        + "".join(f'<sup><a href="#source-{number}">[{number}]</a></sup>' for number in numbers)
        for text, numbers in _sentences(answer)
    ]
    parts = [f"<h1>{html.escape(_one_line(answer.question))}</h1>", f"<p>{' '.join(said)}</p>"]
    parts += [f"<p><em>{html.escape(notice)}</em></p>" for notice in _notices(answer)]
    listed = []
    for one in answer.citations:
        address, place = web_address(one), html.escape(_place(one))
        named = f'<a href="{html.escape(address)}" rel="noreferrer">{place}</a>' if address else place
        words = f"<blockquote>{html.escape(one.quote)}</blockquote>"
        listed.append(f'<li id="source-{one.number}" value="{one.number}"><cite>{named}</cite>{words}</li>')
    if listed:
        parts.append("<ol>\n" + "\n".join(listed) + "\n</ol>")
    return _HTML.format(title=html.escape(_one_line(answer.question)), body="\n".join(parts))


def as_csl(answer: Answer) -> list[dict[str, Any]]:
    """CSL-JSON 1.0.2, an item for each cited document; its ``note`` has the quotes and their places."""
    by_document: dict[tuple[str, str], list[Citation]] = {}
    for one in answer.citations:
        by_document.setdefault((one.doc_id, one.version), []).append(one)
    several = {doc_id for doc_id, _ in by_document if sum(doc_id == other for other, _ in by_document) > 1}
    items = []
    for (doc_id, version), citations in by_document.items():
        first = citations[0]
        address = _web(first.uri)
        item: dict[str, Any] = {
            "id": f"{doc_id}@{version[:12]}" if doc_id in several else doc_id,
            "type": "webpage" if address else "document",
            "title": _one_line(first.title or first.uri or doc_id),
            "version": version,
            "note": "; ".join(f"[{one.number}] {_within(one)}“{_one_line(one.quote)}”" for one in citations),
        }
        if address:
            item["URL"] = address
        if day := re.match(r"(\d{4})-(\d\d)-(\d\d)", str(answer.receipt.get("asked_at", ""))):
            item["accessed"] = {"date-parts": [[int(part) for part in day.groups()]]}
        items.append(item)
    return items


def web_address(one: Citation) -> str:
    """Where the quote can be read on the web; empty for documents that are not there."""
    return _web(one.link) or _web(one.uri)


def _web(address: str) -> str:
    """An http address with nothing in it that could end it early; empty for all others.

    >>> _web("https://a.example/x y>[z]"), _web("javascript:alert(1)"), _web("file:///etc/passwd")
    ('https://a.example/x%20y%3E%5Bz%5D', '', '')
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return quote(address, safe="%/:?#@!&'*+,;=~$-._")


def _sentences(answer: Answer) -> Iterator[tuple[str, list[int]]]:
    if answer.status != "answered" or not answer.claims:
        yield answer.text or (answer.problem.message if answer.problem else ""), []
        return
    for claim in answer.claims:
        doubt = "" if claim.verdict == "verified" else " (partly supported)"
        yield claim.text + doubt, claim.citations


def _notices(answer: Answer) -> list[str]:
    differ = [
        f"Sources differ: {one.why} ({', '.join(f'[{number}]' for number in one.citations)})."
        for one in answer.disagreements
    ]
    only = asked_only(answer)
    return [*([f"Asked only of documents with {only}."] if only else []), *differ, *answer.notices]


def _place(one: Citation) -> str:
    """Title, headings and page of a citation."""
    path = dict.fromkeys(filter(None, [one.title or one.uri or one.doc_id, *one.headings]))
    page = f", page {one.page}" if one.page else ""
    return " › ".join(path) + page


def _within(one: Citation) -> str:
    """The same without the title, before a quote."""
    path = [heading for heading in one.headings if heading != one.title]
    page = [f"page {one.page}"] if one.page else []
    said = ", ".join([*([_one_line(" › ".join(path))] if path else []), *page])
    return f"{said}: " if said else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _md(text: str) -> str:
    r"""Text that Markdown shows as it is: no link, image, HTML, list, heading or emphasis is made of it.

    >>> _md("1. [a](b) <b>*c*"), _md("see http://x.example")
    ('1\\. \\[a\\](b) \\<b\\>\\*c\\*', 'see http\\://x.example')
    """
    plain = _MARKUP.sub(r"\\\1", _one_line(text))
    begun = _LINE_START.sub(_escaped_start, plain)
    return _ADDRESS.sub(lambda found: re.sub(r"^(www)?(\W)", r"\1\\\2", found[0]), begun)


def _escaped_start(found: re.Match[str]) -> str:
    # A number begins a list by what follows it, and a figure itself cannot be escaped.
    return f"{found[0]}\\" if found[0].isdecimal() else f"\\{found[0]}"
