"""The roads by which somebody could learn what they may not: each gives back every word that reached them."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from app import main
from app.answers.files import GivenAnswer
from app.answers.store import AnswerStoreError
from app.answers.verification import verify_answers
from app.api.application import create_app
from app.api.service import make_service
from app.api.tenants import only
from app.compose import Pincite
from app.errors import PinciteError
from app.registry.registry import Registry
from app.retrieval.readable_documents import ReadableDocuments
from app.testing.openai_server import Reply, give_answer
from graphs.judging.queried_tables import table_reader
from graphs.state import AskContext
from tools.document_shelf import DocumentPart, NoSuchPartError
from tools.list_documents import listing
from tools.query_table import make_query_table
from tools.scoped_search import RequestError
from tools.tables.expressions import TABLE

PASSAGE = re.compile(r"\[(\d+)\] [^\n]*\n<passage [^>]*>\n(.*?)\n</passage", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks what. A ``user`` has always the same groups."""

    tenant: str
    user: str
    groups: tuple[str, ...]
    question: str
    filters: Mapping[str, Any]
    doc_id: str
    """Of a document that may be none of theirs."""


Road = Callable[[Pincite, Asker, random.Random], str]


def quote_all(request: Mapping[str, Any]) -> Reply:
    """A model that says all it was shown: each sentence of each passage, cited."""
    read = "\n".join(str(one.get("content")) for one in request["messages"] if one["role"] != "system")
    claims = [
        (sentence, [int(number)], [sentence])
        for number, text in PASSAGE.findall(read)
        for sentence in re.split(r"(?<=\.)\s+", text)
        if sentence.endswith(".") and len(sentence) < 300
    ]
    return give_answer(*claims[:20]) if claims else give_answer(not_answerable="nothing was shown")


def _asked(pincite: Pincite, asker: Asker, *, extractive: bool) -> str:
    given: dict[str, Any] = {"filters": asker.filters, "context": _context(asker, extractive=extractive)}
    return _shown(lambda: pincite.ask(asker.question, **given).model_dump_json())


def _context(asker: Asker, *, extractive: bool) -> AskContext:
    return AskContext(groups=list(asker.groups), user=asker.user, extractive=extractive)


def ask(pincite: Pincite, asker: Asker, _: random.Random) -> str:
    return _asked(pincite, asker, extractive=True)


def model(pincite: Pincite, asker: Asker, _: random.Random) -> str:
    """With a model that quotes all it is shown, and with drafts kept for whoever asks the same."""
    return _asked(pincite, asker, extractive=False)


def stream(pincite: Pincite, asker: Asker, _: random.Random) -> str:
    def events() -> str:
        context = _context(asker, extractive=True)
        found = pincite.stream(asker.question, filters=asker.filters, context=context)
        return "\n".join(json.dumps(event, default=str) for event in found)

    return _shown(events)


def thread(pincite: Pincite, asker: Asker, rng: random.Random) -> str:
    """A conversation whose name others use too; every third question is a follow-up."""
    question = rng.choice((asker.question, asker.question, "And what else of it?"))
    context = _context(asker, extractive=rng.random() < 0.5)
    name = rng.choice(("plans", "today", asker.question[:20]))
    return _shown(lambda: pincite.ask(question, thread_id=name, context=context).model_dump_json())


def stored(pincite: Pincite, asker: Asker, rng: random.Random) -> str:
    """Answers that were kept: one's own by name, and anybody's by name."""
    _asked(pincite, asker, extractive=True)
    answers = pincite.corpus.answers
    mine, every = answers.list(20, user=asker.user), answers.list(200)
    found = [json.dumps([one.question for one in mine])]
    for one in [*mine[:2], *rng.sample(every, min(3, len(every)))]:
        try:
            found.append(json.dumps(answers.get(one.id, user=asker.user)))
        except AnswerStoreError as error:
            found.append(str(error))
    return "\n".join(found)


def verify(pincite: Pincite, asker: Asker, _: random.Random) -> str:
    """What verification says of one's own answers."""
    _asked(pincite, asker, extractive=True)
    answers = pincite.corpus.answers
    mine = [answers.get(one.id, user=asker.user) for one in answers.list(3, user=asker.user)]
    reports = verify_answers(pincite.registry, [GivenAnswer.model_validate(one) for one in mine])
    return "\n".join(map(repr, reports))


def shelf(pincite: Pincite, asker: Asker, rng: random.Random) -> str:
    """What a model could read by tools: a list, a document by its id or another's, a section, a page."""
    documents = ReadableDocuments(pincite.registry, frozenset())
    filters = dict(asker.filters) if rng.random() < 0.3 else {}
    parts = [
        DocumentPart(asker.doc_id),
        DocumentPart(asker.doc_id, start=10, end=60),
        DocumentPart(asker.doc_id, section="Budget"),
        DocumentPart(asker.doc_id, version="0" * 12, page=1),
    ]
    words = rng.choice(("", "file"))
    scope: dict[str, Any] = {"groups": asker.groups, "filters": filters}

    def read(part: DocumentPart) -> str:
        found = documents.read(part, characters=4000, **scope)
        return "\n".join(f"{one.page_content} {one.metadata}" for one in found)

    listed = _shown(lambda: listing(documents.listed(words=words, **scope)))
    return "\n".join([listed, *(_shown(partial(read, part)) for part in parts)])


def search(pincite: Pincite, asker: Asker, _: random.Random) -> str:
    """The retriever as a host or a tool calls it."""

    def found() -> str:
        given: dict[str, Any] = {"groups": asker.groups, "filters": asker.filters, "k": 20}
        passages = pincite.retriever.invoke(asker.question, None, **given)
        return "\n".join(f"{one.page_content} {one.metadata}" for one in passages)

    return _shown(found)


def table(pincite: Pincite, asker: Asker, rng: random.Random) -> str:
    """The tool that asks a table by SQL, of a document named by its id or by what it may be called."""
    tool = make_query_table(ReadableDocuments(pincite.registry, frozenset()), table_reader())
    named = rng.choice((asker.doc_id, asker.doc_id, f"{asker.question.split()[-1].strip('?.')} file"))
    columns = rng.choice(("*", '"place", "cost"'))
    sql = f"SELECT {columns} FROM {TABLE}"  # noqa: S608 - of our own words
    given = {"sql": sql, "document": named, "scope": {"groups": asker.groups, "filters": {}}}

    def found() -> str:
        called = asyncio.run(tool.ainvoke({"type": "tool_call", "id": "1", "name": tool.name, "args": given}))
        passages = called.artifact
        return "\n".join(f"{one.page_content} {one.metadata}" for one in passages)

    return _shown(found)


def http(pincite: Pincite, asker: Asker, rng: random.Random) -> str:
    """Over HTTP nobody is known, whatever the request says; so only what is for everyone may come."""
    body: dict[str, Any] = {"question": asker.question, "filters": dict(asker.filters)}
    forged: tuple[dict[str, Any], ...] = ({"groups": ["hr"]}, {"context": {"groups": ["board"]}})
    body |= rng.choice(({}, {"stream": True}, *forged))
    headers = {"x-groups": ",".join(asker.groups), "x-user": asker.user}
    with TestClient(
        create_app(make_service(pincite.settings, only(pincite))), base_url="http://127.0.0.1"
    ) as client:
        return client.post("/v1/answers", json=body, headers=headers).text


def command_line(pincite: Pincite, asker: Asker, rng: random.Random) -> str:
    groups = [part for group in asker.groups for part in ("--group", group)]
    listed = {key: [value] if isinstance(value, str) else value for key, value in asker.filters.items()}
    pairs = [(key, one) for key, values in listed.items() for one in values]
    filters = [part for key, one in pairs for part in ("--filter", f"{key}={one}")]
    shape = rng.choice((["--json"], []))
    command = [sys.executable, "-m", main.__name__, "ask", asker.question, *groups, *filters, *shape]
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3]),
        "PINCITE_HOME": str(pincite.settings.home), "PINCITE_TENANT": asker.tenant,
    }  # fmt: skip
    # Where no .env is.
    home = pincite.settings.home
    run = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=False)
    return run.stdout + run.stderr


ROADS: Mapping[str, tuple[Road, int]] = {
    "ask": (ask, 2400),
    "ask a model, drafts kept": (model, 1700),
    "stream": (stream, 500),
    "threads": (thread, 1000),
    "search": (search, 1050),
    "query a table": (table, 500),
    "list and read": (shelf, 1500),
    "stored answers": (stored, 500),
    "verify": (verify, 300),
    "HTTP": (http, 500),
    "command line": (command_line, 50),
}
"""Each with how many of 10,000 questions take it."""

ANONYMOUS = frozenset({"HTTP"})


def ids_of(registry: Registry) -> list[str]:
    return sorted(one.doc_id for one in registry.documents())


def _shown(said: Callable[[], str]) -> str:
    """What it gives, or the one line that it refuses with, which is read too."""
    try:
        return said()
    except (PinciteError, RequestError, NoSuchPartError) as error:
        return str(error)
