"""What leaves beside the sentences carries no link and no live HTML: titles, headings, what came near."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.safety.links import carries
from app.settings import Settings
from app.testing.openai_server import give_answer, serve_model

POISON = """---
title: "Rabbits ![x](https://evil.test/?q=1) <img src=//evil.test/t onerror=steal()>"
---
# Rabbits [click](https://evil.test/a) <b onclick=steal()>here</b>

## Food <script>steal()</script> www.evil.test/x

A rabbit eats 200 g of hay a day. [Get it](https://evil.test/hay) <details ontoggle=steal()>now</details>.
"""


@pytest.fixture(scope="module")
def pincite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pincite]:
    folder: Path = tmp_path_factory.mktemp("egress")
    (folder / "docs").mkdir()
    (folder / "docs" / "rabbits.md").write_text(POISON, encoding="utf-8")
    with open_pincite(Settings(home=folder / "home", eval_data=None)) as opened:
        with opened.corpus.writing() as (pipeline, writer):
            for outcome in pipeline.sync(discover([folder / "docs"], "docs"), "docs", writer):
                assert outcome.error is None
        yield opened


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in strings(one)]
    if isinstance(value, list):
        return [text for one in value for text in strings(one)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize(
    ("question", "status"),
    [("How much hay does a rabbit eat?", "answered"), ("Who feeds the rabbits of the king?", "abstained")],
)
def test_no_string_but_the_quotes_carries_anything(pincite: Pincite, question: str, status: str) -> None:
    answer = pincite.ask(question)
    assert answer.status == status
    said = json.loads(answer.model_dump_json())
    for citation in said["citations"]:
        citation.pop("quote")
    said.pop("receipt")
    found = strings(said)
    assert "Rabbits x" in " ".join(found), "the words of a title stay"
    assert not [text for text in found if "evil" in text or carries(text, frozenset())]


def test_the_quote_is_the_document_word_for_word(pincite: Pincite) -> None:
    answer = pincite.ask("How much hay does a rabbit eat?")
    assert all(one.quote in POISON for one in answer.citations)


def test_the_reasons_of_a_verdict_carry_nothing_either(pincite: Pincite) -> None:
    claim = "A rabbit eats 200 g of hay a day and+form](http://evil.test/?q=S."
    with serve_model([give_answer((claim, [1], []))]) as server:
        settings = pincite.settings.model_copy(
            update={"model": "openai:scripted", "model_base_url": server.url}
        )
        with open_pincite(settings) as asked:
            answer = asked.ask("How much hay does a rabbit eat?")
    (said,) = answer.claims
    assert (answer.mode, said.verdict) == ("model", "partial")
    reasons = said.checks["reasons"]
    assert reasons[-1].endswith("is not written so in the source")
    assert not [reason for reason in reasons if "evil" in reason or carries(reason, frozenset())]
