"""The tools that come with Pincite, in the application: which are offered, and a question that takes all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from app.compose import open_pincite
from app.errors import SettingsError
from app.retrieval.readable_documents import ReadableDocuments
from app.settings import Settings, load_settings
from app.testing.openai_server import Reply, give_answer, serve_model
from app.toolbox.built_in import DECLARED, built_in_tools
from app.toolbox.names import BUILT_IN, BY_DEFAULT, BuiltInTool
from graphs.state import AskContext
from tools.policy.declaration import declaration_of

QUESTION = "What do the plans Team and Business cost together?"


def script(request: dict[str, Any]) -> Reply:
    """Looks for the price list, reads it, and adds up two prices where it finds them."""
    prompt = "\n".join(str(message["content"]) for message in request["messages"])
    passages = re.findall(r"^\[(\d+)\] (.*)\n<passage \w+>\n([\s\S]*?)\n</passage", prompt, re.MULTILINE)
    calls = len(re.findall(r"^- \w+ \{", prompt, re.MULTILINE))
    if calls == 0:
        return Reply(tool="list_documents", arguments={"words": "prices"})
    if calls == 1:
        (doc_id,) = re.findall(r"\(id (\S+), prices\.csv", prompt)
        return Reply(tool="read_document", arguments={"document": doc_id})

    def holding(price: str) -> int:
        return next(int(number) for number, _, text in passages if price in text and "id " not in text)

    if calls == 2:
        inputs = [
            {"name": name, "value": price, "passage": holding(price)}
            for name, price in (("team", "49 EUR"), ("business", "199 EUR"))
        ]
        return Reply(tool="compute", arguments={"formula": "team + business", "inputs": inputs})
    result = next(int(number) for number, title, _ in passages if title == "Calculation")
    return give_answer(("Together that is 248 EUR.", [result], []))


def test_a_question_may_take_three_tools(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    with serve_model(script) as server:
        settings = Settings(home=home, model="openai:scripted", model_base_url=server.url)
        with open_pincite(settings) as pincite:
            offered = set(pincite.graph.get_graph().nodes)
            answer = pincite.ask(QUESTION, context=AskContext(groups=["sales"]))
    assert set(BY_DEFAULT) <= offered
    assert "ask_person" not in offered
    assert [one["tool"] for one in answer.receipt["tools"]] == ["list_documents", "read_document", "compute"]
    assert {one["decision"] for one in answer.receipt["tools"]} == {"allow"}
    (claim,) = answer.claims
    assert (claim.text, claim.verdict) == ("Together that is 248 EUR.", "verified")
    said, *inputs = answer.citations
    assert "49 EUR + 199 EUR = 248 EUR" in said.quote
    assert {one.title for one in inputs} == {"prices"}
    assert answer.disagreements == []
    # What a list said holds for whoever asked: the next call derives from it.
    listed, read, _ = answer.receipt["tools"]
    assert listed["labels"]["groups"] == []
    assert read["labels"]["groups"] == [["sales"]]


def test_every_name_is_a_tool_and_those_by_default_change_and_send_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_pincite(Settings(home=home)) as pincite:
        documents = ReadableDocuments(pincite.registry, frozenset())
        made = built_in_tools(BUILT_IN, pincite.retriever, documents, home)
    assert [tool.name for tool in made] == list(get_args(BuiltInTool))
    acting = [tool.name for tool in made if declaration_of(tool).acts]
    assert set(acting) == set(BUILT_IN) - set(BY_DEFAULT)


def test_a_name_that_is_none_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINCITE_ANSWER__TOOLS", "compute,shell")
    with pytest.raises(SettingsError, match="PINCITE_ANSWER__TOOLS") as raised:
        load_settings(None)
    assert "ask_person" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_what_is_listed_of_each_is_what_it_declares(home: Path) -> None:
    with open_pincite(Settings(home=home)) as pincite:
        documents = ReadableDocuments(pincite.registry, frozenset())
        made = built_in_tools(BUILT_IN, pincite.retriever, documents, home)
    assert {tool.name: declaration_of(tool) for tool in made} == dict(DECLARED)
