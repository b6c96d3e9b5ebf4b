"""Parts for an answer graph: a library in memory, a chat model that talks to a scripted server."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_core.tools import BaseTool
from langchain_openai import ChatOpenAI
from pydantic import Field, SecretStr
from typing_extensions import TypedDict, Unpack

from app.testing.openai_server import ScriptedModel
from graphs.answer import AnswerGraph
from graphs.contracts import Answer
from graphs.parts import AnswerRequest
from graphs.state import AnswerInput, AskContext, DraftSentence
from graphs.text.sentences import units
from graphs.text.words import content_words
from tools.policy.declaration import ToolDeclaration, declare, is_declared

RETURNS = (
    "# Returns\n\nCustomers may return any device within 30 days of delivery. "
    "The refund is paid within 14 days. Opened software is not refunded.\n\n"
)
WARRANTY = (
    "# Warranty\n\nThe G2 gateway has a warranty of 24 months. Its batteries are covered for 6 months.\n"
)
HANDBOOK = RETURNS + WARRANTY
SALARIES = "# Salaries\n\nEngineers of grade 5 earn 90,000 EUR a year.\n"


NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For plain HTTP on loopback: reading the real ones takes longer than a test."""


class Corpus(BaseRetriever):
    """Passages that share a content word with the query and may be read by the groups; asks are noted."""

    passages: list[Document]
    asked: list[dict[str, Any]] = Field(default_factory=list)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun | None = None,
        groups: Sequence[str] = (),
        filters: Mapping[str, Any] | None = None,
        k: int = 10,
    ) -> list[Document]:
        self.asked.append({"query": query, "groups": list(groups), "filters": dict(filters or {}), "k": k})
        wanted = set(content_words(query))
        found = [
            passage
            for passage in self.passages
            if wanted & set(content_words(passage.page_content))
            and passage.metadata["group"] in ("everyone", *groups)
        ]
        return found[:k]


class Shelf(BaseRetriever):
    """All it has, for any question, from whoever asks: a host's own retriever that takes no scope."""

    passages: list[Document]

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun | None = None
    ) -> list[Document]:
        return self.passages


def version_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def passage(
    piece: str, text: str = HANDBOOK, *, doc_id: str = "handbook", group: str = "everyone"
) -> Document:
    """``piece`` of ``text`` as the index keeps it."""
    start = text.index(piece)
    metadata = {
        "doc_id": doc_id,
        "version": version_of(text),
        "start": start,
        "end": start + len(piece),
        "title": doc_id.capitalize(),
        "uri": f"file:///{doc_id}.md",
        "headings": [],
        "group": group,
    }
    return Document(piece, metadata=metadata)


def corpus() -> Corpus:
    return Corpus(
        passages=[passage(RETURNS), passage(WARRANTY), passage(SALARIES, SALARIES, doc_id="pay", group="hr")]
    )


STORED = {("handbook", version_of(HANDBOOK)): HANDBOOK, ("pay", version_of(SALARIES)): SALARIES}


def stored_text(doc_id: str, version: str) -> str | None:
    return STORED.get((doc_id, version))


def chat(server: ScriptedModel, name: str = "gpt-test", **options: Any) -> ChatOpenAI:
    """A real chat model whose provider is the scripted server."""
    return ChatOpenAI(
        model=name,
        base_url=server.url,
        http_client=httpx.Client(verify=NO_CERTIFICATES, trust_env=False),
        http_async_client=httpx.AsyncClient(verify=NO_CERTIFICATES, trust_env=False),
        api_key=SecretStr("k"),
        max_retries=0,
        stream_usage=True,
        **options,
    )


def first_sentence() -> Runnable[AnswerRequest, list[DraftSentence]]:
    """An extractor that quotes the sentence sharing most words with the question."""

    def extract(request: AnswerRequest) -> list[DraftSentence]:
        wanted = set(content_words(request.question))
        sentences = [
            (len(wanted & set(content_words(unit.of(found["text"])))), -number, unit.of(found["text"]))
            for number, found in enumerate(request.evidence, 1)
            for unit in units(found["text"])
            if unit.kind != "heading"
        ]
        shared, number, sentence = max(sentences, default=(0, 0, ""))
        return [DraftSentence(text=sentence, sources=[-number], quotes=[sentence])] if shared else []

    return RunnableLambda(extract)


def gate(score: float) -> Runnable[AnswerRequest, float]:
    return RunnableLambda(lambda _request: score)


class Beside(TypedDict, total=False):
    """What may come with a question."""

    messages: list[AnyMessage]
    filters: dict[str, Any]


async def ask(
    graph: AnswerGraph, question: str, *, context: AskContext | None = None, **given: Unpack[Beside]
) -> Answer:
    asked: AnswerInput = {"question": question, **given}
    result = await graph.ainvoke(asked, context=context or AskContext())
    return Answer.model_validate(result["answer"])


def harmless(tool: BaseTool) -> BaseTool:
    """``tool``, declared to do nothing that anybody must be asked about, where it does not say otherwise."""
    if is_declared(tool):
        return tool
    nothing = ToolDeclaration(
        reads=False, writes=False, sends_out=False, accepts_untrusted=True, highest="groups"
    )
    return declare(tool, nothing)


def path(answer: Answer) -> list[str]:
    """The nodes that ran, in order."""
    return [step["node"] for step in answer.receipt["steps"]]


def said(*turns: str) -> list[Any]:
    """A conversation: the person and the assistant by turns."""
    return [(AIMessage if n % 2 else HumanMessage)(turn) for n, turn in enumerate(turns)]
