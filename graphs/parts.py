"""What the graph is built from: LangChain's own interfaces, and a few small callables."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal, Protocol

from langchain_core.documents import BaseDocumentCompressor
from langchain_core.language_models import BaseChatModel
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import BaseTool
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.runtime import Runtime

from graphs.calling.breaker import Breakers
from graphs.calling.budget import Budget, Payer
from graphs.calling.chains import Chain, ChainModel, chain_of
from graphs.calling.route import Route
from graphs.limits import Limits as Limits  # noqa: PLC0414 - hosts import it from here
from graphs.state import AskContext, DraftSentence, EvidencePassage
from prompts.load import Prompt
from tools.scoped_search import RequestError

ANONYMOUS = "anonymous"
"""The name of who is not known."""


@dataclass(frozen=True, slots=True)
class GuardRun:
    """What one guard saw, and what was done about it. Never a word of the text."""

    guard: str
    saw: str
    """``none``, a degree (``suspicious``) or kinds (``email, iban``)."""
    action: str
    """What was done: ``allow``, ``log``, ``block``, ``redact`` or ``mend``."""
    ms: float
    policy: Literal["open", "closed"]
    """What is done where the guard fails or takes too long: let through, or not."""
    fault: str = ""
    """How it failed; empty where it did not."""


@dataclass(frozen=True, slots=True)
class GuardResult:
    """What a guard saw and did. ``text`` is what may go on: the input, or its mended form."""

    guard: str
    verdict: Literal["allow", "deny", "modify"]
    text: str
    reasons: tuple[str, ...] = ()
    runs: tuple[GuardRun, ...] = field(default=(), compare=False)
    """For the receipt."""
    redacted: bool = False
    """Characters of ``text`` are masked."""


GuardCheck = Callable[[str], GuardResult]
"""A guard: text in, result out. It may be called in a worker thread."""


@dataclass(frozen=True, slots=True)
class Unshown:
    """Characters of a text that may not be shown: they are masked, or nothing around them is shown."""

    start: int
    end: int
    kind: str
    action: Literal["redact", "block"]


@dataclass(frozen=True, slots=True)
class WordsCheck:
    """What of a document's words may not be shown; ``runs`` for the receipt."""

    unshown: tuple[Unshown, ...] = ()
    runs: tuple[GuardRun, ...] = ()


CheckWords = Callable[[str], WordsCheck]
"""A document's words in, what of them may not be shown out. It may be called in a worker thread."""


class GuardFailedError(RuntimeError):
    """A guard said nothing that can be relied on, so nothing is let through.

    Its message is ours, one line without a word of the text that was checked, so it may be shown.
    """

    retryable = False
    receipt: dict[str, Any]
    """Set where a model was asked meanwhile: what that took."""

    def __init__(self, message: str, runs: tuple[GuardRun, ...] = ()) -> None:
        super().__init__(message)
        self.runs = runs


class IdentityError(RequestError):
    """Who asks cannot be told, so nobody is answered; the message says what to do, and is shown."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking, as the server or the embedding application established it."""

    user: str = ANONYMOUS
    groups: tuple[str, ...] = ()
    key: str = ""
    """The public name of the key that was shown, which budgets and limits may go by; empty without one."""


def payer_of(who: Principal, receipt: Mapping[str, Any]) -> Payer:
    """Who pays for the calls of a request."""
    return Payer(str(receipt.get("id") or ""), who.user, who.key)


Identify = Callable[[Runtime[AskContext], RunnableConfig], Principal]
"""Who asks. It may raise ``IdentityError``: then nothing is answered."""


def context_principal(runtime: Runtime[AskContext], _config: RunnableConfig) -> Principal:
    """Trust the run's context: right where the graph is embedded and the caller is the application."""
    context = ask_context(runtime)
    return Principal(context.user, tuple(context.groups), context.key)


def ask_context(runtime: Runtime[AskContext]) -> AskContext:
    """The run's context; its defaults where none was given."""
    return runtime.context if runtime.context is not None else AskContext()


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """What an extractive answerer and the evidence gate are asked."""

    question: str
    evidence: Sequence[EvidencePassage]


Gate = Runnable[AnswerRequest, float]
"""Scores the evidence; what score is enough is the graph's to say."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """A question as it is searched for; ``changes``: words replaced by those the documents have; ``absent``:
    names that none of them has."""

    question: str
    changes: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()


Spell = Callable[[str, Sequence[str]], Spelling]
"""(question, groups of who asks) -> how the documents that they may read would spell it."""

FindFilters = Callable[[str, Sequence[str]], Mapping[str, list[str]]]
"""(question, groups of who asks) -> metadata filters the question itself states."""

NothingToSearch = Callable[[Sequence[str], Mapping[str, Any]], str]
"""(groups of who asks, filters) -> why there was no document to search; empty where there was one."""


@dataclass(frozen=True, slots=True)
class EntailmentRequest:
    """Does ``span``, the cited words, bear out ``claim``?"""

    claim: str
    span: str
    payer: Payer | None = None
    """Who pays where a model is asked."""


Entailment = Runnable[EntailmentRequest, float]
"""The probability that it does."""


class Memory(Protocol):
    """Drafts by what was asked. A memory that cannot be read is an empty one: it never raises."""

    def get(self, asked: Mapping[str, Any], /) -> Any | None: ...

    def put(self, asked: Mapping[str, Any], value: Any, /) -> None: ...


Rectangle = tuple[int, float, float, float, float]
"""(page from 1, x0, y0, x1, y1) in points from the lower left corner."""


class StoredVersion(Protocol):
    """A version of a document as it is stored: its canonical text, and where on pages that stands."""

    @property
    def text(self) -> str: ...

    def page_at(self, offset: int, /) -> int | None: ...

    def rects_at(self, start: int, end: int, /) -> list[Rectangle]: ...


ReadVersions = Callable[[Collection[tuple[str, str]]], Mapping[tuple[str, str], StoredVersion]]
"""(doc_id, version) of each -> what is stored of those that are there."""

MayRead = Callable[[Collection[tuple[str, str]], Sequence[str]], Mapping[tuple[str, str], bool]]
"""((doc_id, version) of each, groups of who asks) -> of those that are stored, whether they may read it."""

ReadersOf = Callable[[Collection[tuple[str, str]]], Mapping[tuple[str, str], Sequence[str]]]
"""(doc_id, version) of each -> of those that are stored, the groups that may read it; none: everybody."""

Keep = Callable[[Mapping[str, Any], Principal], Awaitable[None]]
"""(answer, who asked): for keeping it."""

Sign = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""The answer as it leaves -> the same, signed in its receipt. It may be called in a worker thread."""

Extractor = Runnable[AnswerRequest, list[DraftSentence]]


@dataclass(frozen=True, slots=True)
class PriceQuote:
    """What one call cost in US dollars, None where that is not known; and whose prices these are."""

    usd: float | None
    version: str


Price = Callable[[str, str, Mapping[str, Any] | None], PriceQuote]
"""(model, address or provider, tokens as LangChain's UsageMetadata) -> its price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything the graph is built from. Only ``retriever`` and somebody to answer are needed.

    This is the one list of parts: ``graphs.answer.build_answer_graph`` takes the same by keyword.
    """

    retriever: BaseRetriever
    """One that declares ``groups``, ``filters`` and ``k`` is told who asks; another the question alone."""
    model: BaseChatModel | ChainModel | None = None
    fallback_models: Sequence[BaseChatModel | ChainModel] = ()
    """Asked in turn when ``model`` fails: together the default chain."""
    chains: Mapping[str, Sequence[BaseChatModel | ChainModel]] = field(default_factory=dict)
    """More chains, of which a run's context may name one; the default chain's name is empty."""
    route: Route | None = None
    """Chooses the chain that drafts, where a run names none."""
    breakers: Breakers = field(default_factory=Breakers)
    price: Price | None = None
    budget: Budget | None = None
    """What model calls are paid from, each held before it is made; without one they are counted alone."""
    answer_prompt: Prompt | None = None
    """Used in place of ``prompts/answer.md``."""
    extractor: Extractor | None = None
    """Answers without a model."""
    sentences: Extractor | None = None
    """The evidence's sentences, best first, as claims that quote themselves: what small models are shown."""
    reranker: BaseDocumentCompressor | None = None
    gate: Gate | None = None
    entailment: Entailment | None = None
    """Asked about partial claims only."""
    second_reader: bool = False
    """Ask the run's chain of models, in one call, about the sentences that the checks leave open."""
    memory: Memory | None = None
    tools: Sequence[BaseTool] = ()
    """Each becomes a node of its name, called as it declares (``tools.policy.declaration``)."""
    check_question: GuardCheck | None = None
    check_subject: GuardCheck | None = None
    """Asked about the question as it stands alone, which a follow-up does only with what was said before."""
    check_answer: GuardCheck | None = None
    check_draft: GuardCheck | None = None
    """Asked about all that a model wrote, as it wrote it; what it denies is no draft."""
    check_words: CheckWords | None = None
    """Asked about quotes, excerpts, titles and headings, which are masked and never mended otherwise."""
    canary: str = ""
    """A word that is put into the instructions of models and stands nowhere else, for ``check_draft``."""
    find_filters: FindFilters | None = None
    nothing_to_search: NothingToSearch | None = None
    """Asked where nothing was found: what then is the reason, if no document was searched at all."""
    spell: Spell | None = None
    """Mends words that no document has, and tells the names that none has."""
    stored_text: Callable[[str, str], str | None] | None = None
    """(doc_id, version) -> canonical text, to check offsets against; the passage itself where None."""
    page_at: Callable[[str, str, int], int | None] | None = None
    """(doc_id, version, offset) -> the page it is on; that of its passage where None."""
    rects_at: Callable[[str, str, int, int], list[Rectangle]] | None = None
    """(doc_id, version, start, end) -> a rectangle a line."""
    read_version: Callable[[str, str], StoredVersion | None] | None = None
    """(doc_id, version) -> all three in one read; asked in their place."""
    read_versions: ReadVersions | None = None
    """The same of several at once; those that are there. Asked before ``read_version`` where it is given."""
    may_read: MayRead | None = None
    """Asked once more before anything is cited or shown; where None, what was retrieved may be."""
    readers_of: ReadersOf | None = None
    """For the labels of what a tool is given; where None, it is as confidential as whoever asks may read."""
    identify: Identify = context_principal
    limits: Limits = field(default_factory=Limits)
    sign: Sign | None = None
    """Signs every answer before it is kept and given; it must not raise."""
    keep: Keep | None = None
    """Told of every answer before it is given; it must not raise."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What every receipt repeats, e.g. the hash of the settings."""
    index_generation: Callable[[], int] | None = None
    checkpointer: BaseCheckpointSaver[Any] | None = None
    """Keeps conversations; none where the graph is a node of another, or a server brings its own."""
    clock: Callable[[], float] = time.monotonic
    """Seconds, only ever forward."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    """When things happened, for the receipt."""
    today: Callable[[], date] = lambda: datetime.now(UTC).date()
    """A document that is dated later is not in force yet."""
    nonce: Callable[[], str] = lambda: secrets.token_hex(4)
    seal_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    """Seals the state between steps; one that is kept lets another process go on with a question."""

    @property
    def chain_names(self) -> tuple[str, ...]:
        """Chains with at least one model; the default chain's name is empty."""
        named = [name for name, models in self.chains.items() if models]
        return tuple(dict.fromkeys([*([""] if self.model is not None else []), *named]))

    def deadline_s(self, context: AskContext) -> float:
        """Seconds that the model calls of this run share."""
        given = context.deadline_s
        return self.limits.deadline_s if given is None else min(max(given, 0.0), self.limits.deadline_s)

    def chain(self, context: AskContext) -> Chain:
        """The models to ask in this run: none where an extractive answer is wanted."""
        if context.extractive:
            return ()
        return self.named_chain(context.chain)

    def named_chain(self, name: str) -> Chain:
        """The models of a chain; none where there is no such chain. The default chain's name is empty."""
        if not name and self.model is not None:
            return chain_of([self.model, *self.fallback_models])
        return chain_of(self.chains.get(name, ()))
