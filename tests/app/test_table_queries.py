"""A table of a stored document asked by SQL, in the application: cited cell by cell, to who may read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.compose import Pincite, open_pincite
from app.corpus import open_corpus
from app.ingestion.discover import discover
from app.settings import Settings
from app.testing.openai_server import Reply, ScriptedModel, give_answer, serve_model
from graphs.state import AskContext

QUESTION = "What do the plans cost together?"
FOLDED = re.compile(r"^\[(\d+)\] (.*)\n<passage \w+>\n([\s\S]*?)\n</passage", re.MULTILINE)


def asking(sql: str, answer: str, document: str = "prices.csv") -> Callable[[dict[str, Any]], Reply]:
    def script(request: dict[str, Any]) -> Reply:
        prompt = "\n".join(str(message["content"]) for message in request["messages"])
        if "Called so far" not in prompt:
            return Reply(tool="query_table", arguments={"sql": sql, "document": document})
        passages = FOLDED.findall(prompt)
        result = [int(number) for number, title, _ in passages if title == "Query of a table"]
        return give_answer((answer, result or [1], []))

    return script


@pytest.fixture
def opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], Pincite]]:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    held: list[Any] = []

    def make(script: Any) -> Pincite:
        server: ScriptedModel = held_of(serve_model(script))
        settings = Settings(home=home, model="openai:scripted", model_base_url=server.url)
        return held_of(open_pincite(settings))  # type: ignore[no-any-return]

    def held_of(manager: Any) -> Any:
        held.append(manager)
        return manager.__enter__()

    yield make
    for one in reversed(held):
        one.__exit__(None, None, None)


def test_a_sum_is_verified_and_cites_the_cells_it_was_reckoned_from(
    opened: Callable[[Any], Pincite],
) -> None:
    pincite = opened(
        asking("select sum(price) as stolen from t", "In total, the sum of the price is 248 EUR.")
    )
    answer = pincite.ask(QUESTION)
    (claim,) = answer.claims
    assert claim.verdict == "verified", claim.checks
    said, *cells = answer.citations
    assert said.quote == "In total, together, the sum of price: 248 EUR"
    assert [one.quote for one in cells] == ["49 EUR", "199 EUR"]
    for one in cells:
        text = pincite.registry.text(one.doc_id, one.version)
        assert text is not None
        assert text[one.start : one.end] == one.quote
        assert one.title == "prices"
    (entry,) = answer.receipt["tools"]
    assert (entry["tool"], entry["decision"]) == ("query_table", "allow")


def test_a_wrong_sum_is_withheld(opened: Callable[[Any], Pincite]) -> None:
    pincite = opened(asking("select sum(price) from t", "In total, the sum of the price is 249 EUR."))
    assert all("249" not in claim.text for claim in pincite.ask(QUESTION).claims)


def test_a_row_is_cited_where_it_stands(opened: Callable[[Any], Pincite]) -> None:
    pincite = opened(asking("select plan, seats from t where seats = 50", "Plan: Business; seats: 50."))
    answer = pincite.ask("Which plan has 50 seats?")
    assert [claim.verdict for claim in answer.claims] == ["verified"]
    assert {"Business", "50"} <= {one.quote for one in answer.citations}


def test_a_table_that_the_asker_may_not_read_is_not_there(
    home: Path, tmp_path: Path, opened: Callable[[Any], Pincite]
) -> None:
    path = tmp_path / "bonuses.csv"
    path.write_text("name,bonus\nAnn,9000 EUR\nBob,4000 EUR\n")
    settings = Settings.model_validate({"home": home, "ingest": {"groups": ["hr"]}})
    with open_corpus(settings) as corpus, corpus.writing() as (pipeline, writer):
        assert [one.status for one in pipeline.add(discover([path], "secret"), "secret", writer)] == ["added"]
    pincite = opened(
        asking("select sum(bonus) from t", "In total, the sum of bonus is 13000 EUR.", "bonuses.csv")
    )
    told = pincite.ask(QUESTION, context=AskContext(groups=["sales"]))
    assert "13000" not in told.text
    (entry,) = told.receipt["tools"]
    assert entry["told"] == "no document that may be read is called so"
    known = pincite.ask("What are the bonuses together?", context=AskContext(groups=["hr"]))
    assert "13000" in known.text


def test_what_is_wrong_is_told_to_the_model_in_one_line(opened: Callable[[Any], Pincite]) -> None:
    pincite = opened(asking("select * from read_csv('/etc/passwd')", "Nothing."))
    (entry,) = pincite.ask(QUESTION).receipt["tools"]
    assert (entry["failed"], entry["told"]) == ("QueryError", "there is one table, and it is called t")
