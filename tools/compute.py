"""A tool that works out a formula exactly, over what stands in the passages or in the question.

What it says is evidence, so it holds no word that a model chose: the result, the formula with the inputs as
the documents have them, and the sentences these stand in.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from typing import Annotated, Any, Protocol

from langchain_core.documents import Document
from langchain_core.tools import BaseTool, InjectedToolArg, StructuredTool
from pydantic import BaseModel, Field

from tools.exact_arithmetic import (
    FUNCTION_NAMES,
    FormulaError,
    Value,
    evaluate,
    parse,
    shown,
)
from tools.own_text import COMPUTE, is_reckoned, own_document, rests_on
from tools.policy.declaration import ToolDeclaration, declare

MOST_INPUTS = 30
MOST_INPUT_CHARACTERS = 60
MOST_DIGITS = 30
_MONTHS = "January February March April May June July August September October November December".split()
ROUNDED_DIGITS = 12
"""Of a result that has no end."""

RECKONS = ToolDeclaration(
    reads=False, writes=False, sends_out=False, accepts_untrusted=True, highest="groups", timeout_s=5
)


class ComputeInput(BaseModel):
    """One number, amount or date that the formula uses."""

    name: str = Field(description="What the formula calls it, e.g. a.", pattern=r"^[A-Za-z]\w{0,30}$")
    value: str = Field(
        description="The number, amount or date exactly as it stands there, e.g. 40 EUR or 1 March 2026.",
        max_length=MOST_INPUT_CHARACTERS,
    )
    passage: int = Field(description="The number of the passage it stands in; 0: it is in the question.")


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A value where a text states it in these ``words``: ``text[start:end]`` is the sentence."""

    value: Value
    words: str
    start: int
    end: int


class ReadStated(Protocol):
    """(words, text) -> what these words state there, read as the checks of answers read it; None where they
    do not stand there as a number, an amount or a whole date."""

    def __call__(self, words: str, text: str, /) -> StatedValue | None: ...


def make_compute(read: ReadStated) -> BaseTool:
    """The tool ``compute(formula, inputs)``; ``read`` finds the inputs in what was shown."""

    def compute(
        formula: str,
        inputs: list[ComputeInput],
        shown: Annotated[dict[str, Any] | None, InjectedToolArg] = None,
    ) -> tuple[str, list[Document]]:
        said = calculation(formula, inputs, shown or {"question": "", "passages": []}, read)
        return said.page_content, [said]

    tool = StructuredTool.from_function(
        compute,
        name=COMPUTE,
        description=(
            "Work out a number or a date exactly, from numbers that stand in the passages or the question: "
            "sums, differences, shares, days between dates. The result is added to the numbered passages; "
            "name that passage and those of the inputs as sources. formula: inputs by name, + - * / ^, "
            f"brackets, {', '.join(FUNCTION_NAMES)}. round(x, 2) rounds; percent(x) shows a ratio; "
            "number(x) drops a unit."
        ),
        response_format="content_and_artifact",
    )
    return declare(tool, RECKONS)


def calculation(
    formula: str, inputs: Sequence[ComputeInput], shown_to: Mapping[str, Any], read: ReadStated
) -> Document:
    """The result with its formula and its inputs' sentences, as a document.

    Raises:
        FormulaError: the formula cannot be worked out, or an input does not stand where it is said to.
    """
    if len(inputs) > MOST_INPUTS:
        raise FormulaError(f"a formula may have {MOST_INPUTS} inputs")
    if len({one.name for one in inputs}) < len(inputs):
        raise FormulaError("two inputs have one name")
    tree = parse(formula)
    values: dict[str, Value] = {}
    words: dict[str, str] = {}
    places: list[dict[str, Any]] = []
    sentences: list[str] = []
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for one in inputs:
        if one.name not in used:
            continue
        found, passage = _found(one, shown_to, read)
        values[one.name] = found.value
        words[one.name] = found.words
        if passage is not None:
            start, end = passage["start"] + found.start, passage["start"] + found.end
            key = {"doc_id": passage["doc_id"], "version": passage["version"]}
            places += [{**key, "start": start, "end": end}, *rests_on(passage, found.start, found.end)]
        if passage is not None and not is_reckoned(passage):
            sentences.append(" ".join(passage["text"][found.start : found.end].split()))
    result = evaluate(tree, values)
    said = said_value(result)
    lines = [
        f"{_lead(tree, result)} {said}: {shown(tree, words)} {_equals(result)} {said}.",
        *dict.fromkeys(sentences),
    ]
    text = "\n".join(lines)
    return own_document(COMPUTE, "Calculation", text, places)


def _found(
    one: ComputeInput, shown_to: Mapping[str, Any], read: ReadStated
) -> tuple[StatedValue, Mapping[str, Any] | None]:
    passages = shown_to["passages"]
    if not 0 <= one.passage <= len(passages):
        raise FormulaError(f"the input {one.name} names passage {one.passage}, which does not exist")
    passage = passages[one.passage - 1] if one.passage else None
    found = read(one.value, passage["text"] if passage is not None else shown_to["question"])
    if found is None:
        where = f"passage {one.passage}" if passage is not None else "the question"
        told = f"the input {one.name} is not in {where} as a number, an amount or a whole date"
        raise FormulaError(f"{told}: copy it from there")
    return found, passage


_LEADS: Mapping[type[ast.operator], str] = {
    ast.Add: "Together, in total, the sum is",
    ast.Sub: "The difference is",
    ast.Mult: "In total, the product is",
    ast.Div: "The quotient is",
}
_CALLED = {
    "sum": _LEADS[ast.Add],
    "mean": "On average, the mean is",
    "min": "The least is",
    "max": "The most is",
    "percent": "The share is",
}


def _lead(tree: ast.expr, result: Value) -> str:
    """What is said before the result, so that a sentence about it has words to rest on."""
    if isinstance(result, date):
        return "The date is"
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
        if tree.func.id in ("round", "number", "abs") and tree.args:
            return _lead(tree.args[0], result)
        return _CALLED.get(tree.func.id, "The result is")
    return _LEADS.get(type(tree.op), "The result is") if isinstance(tree, ast.BinOp) else "The result is"


def said_value(result: Value) -> str:
    """The result in figures with its unit.

    >>> said_value(date(2026, 3, 1))
    '1 March 2026'
    """
    if isinstance(result, date):
        return f"{result.day} {_MONTHS[result.month - 1]} {result.year}"
    figures = _figures(result.value)
    if result.unit is None:
        return figures
    if result.unit.name == "percent":
        return f"{figures} %"
    if result.unit.of.isupper() and len(result.unit.of) == 3:
        return f"{figures} {result.unit.of}"
    one = result.value == 1 or not result.unit.name.isalpha()
    return f"{figures} {result.unit.name}{'' if one else 's'}"


def _figures(value: Fraction) -> str:
    exact = _ends(value)
    if exact is not None:
        return exact
    rounded = Context(prec=ROUNDED_DIGITS).divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"{rounded:f}"


def _ends(value: Fraction) -> str | None:
    """The decimal number, where it has an end that is not too far off."""
    places = 0
    while value.denominator != 1 and (10**places * value).denominator != 1:
        places += 1
        if places > MOST_DIGITS:
            return None
    whole = int(value * 10**places)
    if len(str(abs(whole))) > MOST_DIGITS:
        raise FormulaError(f"the result has more than {MOST_DIGITS} digits")
    return f"{Decimal(whole).scaleb(-places, Context(prec=MOST_DIGITS + 2)):f}"


def _equals(result: Value) -> str:
    if isinstance(result, date):
        return "is"
    return "=" if _ends(result.value) is not None else "≈"
