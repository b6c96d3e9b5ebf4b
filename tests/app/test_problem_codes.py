"""The table of problem codes in docs/api.md says what the classes and the routes do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from app.errors import PinciteError
from app.observability.metrics import PROBLEMS
from graphs.nodes.conversation_owner import NOT_YOURS
from tests.app.test_errors import error_classes

ROOT = Path(__file__).resolve().parents[2]
_ROW = re.compile(r"\| `([a-zA-Z-]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")


def table() -> dict[str, tuple[str, str]]:
    """Status and whether it is retryable, by code."""
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8").partition("## Problems")[2]
    rows = _ROW.findall(page)
    assert len({row[0] for row in rows}) == len(rows), "a code is there twice"
    assert all(row[3].strip().endswith((".", ")")) for row in rows), "nothing is said to do"
    return {code: (status.strip(), retryable.strip()) for code, status, retryable, _ in rows}


def said_by_routes() -> Iterator[tuple[str, str]]:
    """Code and status of every ``problem(status, code, …)`` of the HTTP interface."""
    for path in sorted((ROOT / "app" / "api").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "problem" and len(node.args) > 1:
                status, code = node.args[0], node.args[1]
                if isinstance(status, ast.Constant) and isinstance(code, ast.Constant):
                    yield str(code.value), str(status.value)


def said_by_the_graph() -> Iterator[str]:
    """Every code of a ``Problem`` or a class of the graph that is written out."""
    for path in sorted((ROOT / "graphs").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Problem":
                codes = [one.value for one in node.keywords if one.arg == "code"]
                yield from (str(one.value) for one in codes if isinstance(one, ast.Constant))
            if isinstance(node, ast.ClassDef):
                for line in node.body:
                    if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "code":
                        yield str(ast.literal_eval(line.value))


def test_each_class_is_in_the_table_as_it_is() -> None:
    listed = table()
    classes = [
        one for one in error_classes("app") if issubclass(one, PinciteError) and one is not PinciteError
    ]
    assert len(classes) > 50
    for one in classes:
        assert listed[one.code] == (str(one.status), "yes" if one.retryable else "no"), one


def test_each_problem_of_a_route_and_of_the_graph_is_in_the_table_and_no_other() -> None:
    listed = table()
    routes = dict(said_by_routes())
    assert len(routes) > 6
    for code, status in routes.items():
        assert listed[code][0] == status
    steps = {one for one in PROBLEMS if one.endswith(("-failed", "-timeout"))}
    graph = {*said_by_the_graph(), NOT_YOURS, *(PROBLEMS - steps)}
    assert {"question-refused", "budget-exceeded", "withheld"} <= graph
    classes = {one.code for one in error_classes("app") if issubclass(one, PinciteError)}
    assert listed.keys() == {*routes, *graph, "STEP-failed", "STEP-timeout", *classes} - {PinciteError.code}
