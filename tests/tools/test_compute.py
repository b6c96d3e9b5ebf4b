"""What the tool says: the result, the formula as people write it, the sentences of the inputs; no more."""

from __future__ import annotations

from typing import Any

import pytest

from graphs.judging.stated_inputs import read_stated
from tools.compute import ComputeInput, calculation, make_compute
from tools.exact_arithmetic import FormulaError

PASSAGES = [
    {"doc_id": "a", "version": "v", "start": 10, "text": "Dogs are free. A ticket costs 40 EUR."},
    {"doc_id": "b", "version": "v", "start": 0, "text": "A desk costs 80 EUR, 5 % of it is tax."},
    {"doc_id": "c", "version": "v", "start": 0, "text": "The lease runs from 1 March 2026 for 35 days."},
]
SHOWN = {"question": "What do 3 of them cost?", "passages": PASSAGES}


def said(formula: str, *inputs: tuple[str, str, int]) -> str:
    given = [ComputeInput(name=name, value=value, passage=number) for name, value, number in inputs]
    return calculation(formula, given, SHOWN, read_stated).page_content.partition("\n")[0]


A, B, N, T = ("a", "40 EUR", 1), ("b", "80", 2), ("n", "3", 0), ("t", "5 %", 2)


@pytest.mark.parametrize(
    ("formula", "inputs", "line"),
    [
        ("a+b", (A, B), "Together, in total, the sum is 120 EUR: 40 EUR + 80 EUR = 120 EUR."),
        ("(a+b)*n", (A, B, N), "In total, the product is 360 EUR: (40 EUR + 80 EUR) * 3 = 360 EUR."),
        ("b-a", (A, B), "The difference is 40 EUR: 80 EUR - 40 EUR = 40 EUR."),
        ("a/n", (A, N), "The quotient is 13.3333333333 EUR: 40 EUR / 3 ≈ 13.3333333333 EUR."),
        ("round(a/n, 2)", (A, N), "The quotient is 13.33 EUR: round(40 EUR / 3, 2) = 13.33 EUR."),
        ("percent(a/b)", (A, B), "The share is 50 %: percent(40 EUR / 80 EUR) = 50 %."),
        ("b*t", (B, T), "In total, the product is 4 EUR: 80 EUR * 5 % = 4 EUR."),
        (
            "u+d",
            (("u", "1 March 2026", 3), ("d", "35 days", 3)),
            "The date is 5 April 2026: 1 March 2026 + 35 days is 5 April 2026.",
        ),
    ],
)
def test_the_first_line(formula: str, inputs: Any, line: str) -> None:
    assert said(formula, *inputs) == line


def test_no_word_of_a_model_is_in_what_is_said() -> None:
    """Whoever could choose the words could make any claim a verified one."""
    document = calculation(
        "stolen_by_Ann + b",
        [
            ComputeInput(name="stolen_by_Ann", value="40 EUR", passage=1),
            ComputeInput(name="b", value="80 EUR", passage=2),
        ],
        SHOWN,
        read_stated,
    )
    assert "Ann" not in document.page_content
    assert document.page_content.splitlines()[1:] == [
        "A ticket costs 40 EUR.",
        "A desk costs 80 EUR, 5 % of it is tax.",
    ]
    assert document.metadata["metadata"]["rests_on"] == [
        {"doc_id": "a", "version": "v", "start": 25, "end": 47},
        {"doc_id": "b", "version": "v", "start": 0, "end": 38},
    ]


@pytest.mark.parametrize(
    ("formula", "inputs"),
    [
        ("a", [("a", "40 EUR", 4)]),
        ("a", [("a", "40 EUR", -1)]),
        ("a", [("a", "40 EUR", 0)]),
        ("a + a", [("a", "40 EUR", 1), ("a", "80 EUR", 2)]),
        ("10^100", []),
        ("+".join(f"x{n}" for n in range(31)), [(f"x{n}", "3", 0) for n in range(31)]),
    ],
)
def test_what_cannot_be_worked_out_says_why(formula: str, inputs: list[tuple[str, str, int]]) -> None:
    with pytest.raises(FormulaError):
        said(formula, *inputs)


@pytest.mark.anyio
async def test_what_was_shown_is_for_the_graph_to_say() -> None:
    tool = make_compute(read_stated)
    assert "shown" not in tool.tool_call_schema.model_json_schema()["properties"]  # type: ignore[union-attr]
    asked = {"formula": "1 + 1", "inputs": [], "shown": SHOWN}
    message = await tool.ainvoke({"type": "tool_call", "id": "1", "name": tool.name, "args": asked})
    assert message.artifact[0].page_content.endswith("1 + 1 = 2.")
