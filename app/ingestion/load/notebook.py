"""Jupyter notebooks: the Markdown of their cells, the code, and what it printed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from app.ingestion.errors import LoadError
from app.ingestion.load.building import TextBuilder
from app.ingestion.load.hidden import HiddenWords
from app.ingestion.load.limits import LoadLimits
from app.ingestion.load.markdown_hidden import without_hidden
from app.ingestion.load.restrictions import names_readers, reader_groups, refuse_unclear
from app.ingestion.load.structure import first_title
from app.ingestion.load.textnorm import canonical, decode, words_of_stem
from app.registry.document import LoadedDocument, MetadataValue

_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_EMBEDDED = re.compile(r"!\[([^\[\]]*)\]\((?:data:|attachment:)[^()]*\)")
_DATA = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+")


def load_notebook(name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
    """A notebook (formats 3 and 4). The title is its first heading, else the file's stem.

    Outputs are kept where they are text: what was printed, plain results, errors in one line. Pictures and
    other data are left out.
    The notebook's metadata may name ``groups``.
    Raises ``LoadError``: ``unclear-readers``, ``broken-notebook``, ``bad-encoding``, ``binary``,
    ``too-large``.

    >>> cell = {"cell_type": "code", "source": "1 + 1", "outputs": []}
    >>> load_notebook("sum.ipynb", json.dumps({"cells": [cell]}).encode(), LoadLimits()).text
    '```python\\n1 + 1\\n```'
    """
    notebook = _parsed(data)
    language = _language(notebook)
    builder, hidden = TextBuilder(limits), HiddenWords()
    for number, cell in enumerate(_cells(notebook), 1):
        source = canonical(_joined(cell.get("source", cell.get("input", ""))))
        kind = cell.get("cell_type")
        if kind == "code":
            builder.add("code", _fenced(source, language))
            for output in cell.get("outputs") or []:
                if isinstance(output, dict) and (words := _output(output)):
                    builder.add("code", f"Output:\n{_fenced(words)}")
        elif kind == "heading":  # format 3
            builder.heading(source, int(cell.get("level") or 1))
        elif kind == "markdown":
            place = f"cell {number}"
            for found in _EMBEDDED.finditer(source):
                if len(found[1].split()) > 1:
                    hidden.set_aside("description of a picture", found[1], place)
            # One word stands for the picture, more are not seen: as in Markdown.
            source = _EMBEDDED.sub(lambda one: one[1] if len(one[1].split()) == 1 else "", source)
            source = _DATA.sub("", source)
            builder.markdown(without_hidden(source, hidden, place=place))
        else:
            builder.add("paragraph", source)
    blocks = tuple(builder.blocks)
    title = first_title(blocks) or words_of_stem(name)
    refuse_unclear(builder.text())
    readers = _readers(notebook.get("metadata"))
    return LoadedDocument(
        builder.text(), title, "application/x-ipynb+json", blocks, metadata=readers, hidden=hidden.found()
    )


def _readers(metadata: Any) -> dict[str, MetadataValue]:
    """Who may read, where the notebook's own metadata say so, as a Markdown file's front matter would."""
    said = metadata if isinstance(metadata, dict) else {}
    return reader_groups(said, [key for key in said if names_readers(key)])


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        notebook = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        raise LoadError(
            "broken-notebook",
            f"the notebook is not valid JSON ({error})",
            "open it in Jupyter and save it again",
        ) from error
    if not isinstance(notebook, dict) or not isinstance(
        notebook.get("cells", notebook.get("worksheets")), list
    ):
        raise LoadError(
            "broken-notebook",
            "the file is JSON, but not a notebook: it has no cells",
            "give it the suffix .json",
        )
    return notebook


def _cells(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    sheets = [notebook] if "cells" in notebook else notebook["worksheets"]
    for sheet in sheets:
        for cell in (sheet.get("cells") or []) if isinstance(sheet, dict) else []:
            if isinstance(cell, dict):
                yield cell


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    for place in ("language_info", "kernelspec"):
        found = metadata.get(place)
        if isinstance(found, dict):
            name = found.get("name" if place == "language_info" else "language")
            if isinstance(name, str) and name.isalnum():
                return name
    return "python"


def _output(output: dict[str, Any]) -> str:
    if output.get("output_type") in ("error", "pyerr"):
        return _plain(f"{output.get('ename', 'Error')}: {output.get('evalue', '')}")
    if "text" in output:
        return _plain(_joined(output["text"]))
    data = output.get("data")
    if isinstance(data, dict):
        for kind in ("text/markdown", "text/plain"):
            if kind in data:
                return _plain(_joined(data[kind]))
    return ""


def _plain(text: str) -> str:
    """Without terminal colours; of a progress bar only what stood there last."""
    lines = _COLOURS.sub("", text).replace("\r\n", "\n").split("\n")
    return canonical(
        _DATA.sub("", "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines))
    ).strip()


def _joined(source: object) -> str:
    return "".join(str(line) for line in source) if isinstance(source, list) else str(source or "")


def _fenced(source: str, language: str = "") -> str:
    if not source.strip():
        return ""
    fence = "```"
    while fence in source:
        fence += "`"
    return f"{fence}{language}\n{source.strip(chr(10))}\n{fence}"
