"""Jupyter notebooks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.ingestion.errors import LoadError
from app.ingestion.load import load_bytes


def notebook(*cells: dict[str, Any], **extra: Any) -> bytes:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, **extra}).encode()


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source.splitlines(keepends=True), "outputs": list(outputs)}


def test_text_code_and_what_it_printed() -> None:
    picture = {"image/png": "iVBORw0KGgo=", "text/plain": ["<Figure>"]}
    document = load_bytes(
        "tides.ipynb",
        notebook(
            {
                "cell_type": "markdown",
                "source": "# Tides\n\nHigh at noon. ![map](data:image/png;base64,AAAA)",
            },
            code("print(2)\n", {"output_type": "stream", "text": ["2\n", "10%\r100%\n"]}),
            code("plot()", {"output_type": "display_data", "data": picture}),
            code("1/0", {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "\x1b[31mby zero"}),
        ),
    )
    assert document.text == (
        "# Tides\n\nHigh at noon. map\n\n```python\nprint(2)\n```\n\nOutput:\n```\n2\n100%\n```\n\n"
        "```python\nplot()\n```\n\nOutput:\n```\n<Figure>\n```\n\n"
        "```python\n1/0\n```\n\nOutput:\n```\nZeroDivisionError: by zero\n```"
    )
    assert document.title == "Tides"
    assert [block.kind for block in document.blocks][:4] == ["heading", "paragraph", "code", "code"]


def test_a_fence_inside_code_stays_inside() -> None:
    document = load_bytes("a.ipynb", notebook(code('x = """\n```\n"""')))
    assert document.text.startswith("````python\n")


def test_notebooks_of_format_three_and_other_languages() -> None:
    cell = {"cell_type": "code", "input": "1 + 1", "outputs": []}
    old = {"worksheets": [{"cells": [{"cell_type": "heading", "level": 2, "source": "Sums"}, cell]}]}
    old["metadata"] = {"language_info": {"name": "julia"}}  # type: ignore[assignment]
    assert load_bytes("a.ipynb", json.dumps(old).encode()).text == "Sums\n\n```julia\n1 + 1\n```"


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"a": 1}', b'{"cells": 3}', b"[" * 100_000])
def test_what_is_no_notebook(data: bytes) -> None:
    with pytest.raises(LoadError) as caught:
        load_bytes("a.ipynb", data)
    assert caught.value.code == "broken-notebook"
