"""The composition root: settings to components to graph. The only place where parts meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from app.answers.draft_memory import DraftMemory
from app.asking.pincite import Pincite as Pincite  # noqa: PLC0414 - hosts import it from here
from app.controls.budgets.open import open_budget
from app.corpus import Corpus, open_corpus
from app.extensions.tools import active_tools
from app.extractive.answerer import make_extractor, make_gate
from app.extractive.best_sentences import make_best_sentences
from app.extractive.sentence_scores import SentenceScorer
from app.gate.calibration import gate_rule
from app.models.chains import make_chains, models_by_name
from app.models.entailment import make_entailment
from app.models.hub_prompt import pull_answer_prompt
from app.models.limits import limits_of
from app.models.prices import price_by
from app.models.routing import make_route
from app.observability.observers import open_observers
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.embedding.stored_vectors import StoredVectors
from app.retrieval.hybrid import HybridRetriever
from app.retrieval.nothing_to_search import NothingToSearchIn
from app.retrieval.question_filters import QuestionFilters
from app.retrieval.ranking.evidence_cut import EvidenceCut
from app.retrieval.ranking.reranker import make_order
from app.retrieval.readable_documents import ReadableDocuments
from app.retrieval.spelling import Speller
from app.retrieval.word_weights import index_weights
from app.safety.canary import canary_of
from app.safety.guard import in_turn
from app.safety.installed_guards import active_guards
from app.safety.our_guards import (
    answer_guards,
    draft_guards,
    question_guards,
    subject_guards,
    words_check,
    words_guards,
)
from app.safety.roles import with_roles
from app.settings import Settings, load_settings
from app.storage.kept_key import kept_key
from app.toolbox.built_in import built_in_tools
from app.toolbox.mcp.tools import mcp_tools
from app.toolbox.names import BUILT_IN
from graphs.answer import NAMES_IN_USE, AnswerGraph, answer_graph
from graphs.calling.breaker import Breakers
from graphs.calling.chains import ChainModel
from graphs.parts import Identify, Parts, context_principal
from prompts.load import Prompt, load_prompt
from tools.policy.decide import may_be_asked_about
from tools.policy.declaration import declaration_of


def open_pincite(settings: Settings | None = None, *, identify: Identify = context_principal) -> Pincite:
    """Open the application from ``settings``, or from the environment and ``.env`` when there are none.

    ``identify`` says who asks; by default the run's context is believed, which is right where the embedding
    application sets it. Nothing of the process is changed: what ``.env`` says about Pincite is read, but keys
    of providers must be in the environment, where their libraries look for them.

    Raises:
        SettingsError, ModelError, HubPromptError, ExtensionError, IndexFormatError: the configuration cannot
            work; one line says why.
    """
    settings = settings or load_settings()
    with ExitStack() as stack:
        opened = _opened(settings, identify, stack)
        # Whatever fails before this has closed what was opened.
        opened._stack = stack.pop_all()
        return opened


def _opened(settings: Settings, identify: Identify, stack: ExitStack) -> Pincite:
    """The application; ``stack`` closes what was opened, last first."""
    tools = active_tools(settings.extensions.tools, {*NAMES_IN_USE, *BUILT_IN})
    guards = active_guards(settings.extensions.guards)
    outside = mcp_tools(settings.mcp.servers, settings.home / settings.tenant, {*NAMES_IN_USE, *BUILT_IN})
    # Before anything is opened: a model or prompt that cannot be had leaves nothing open behind it.
    chains = make_chains(settings, stack)
    prompt = pull_answer_prompt(settings.answer.prompt) if settings.answer.prompt else None
    gate = gate_rule(settings.answer)
    # What keeps drafts or names the settings goes by the score, wherever it is from.
    answer = settings.answer.model_copy(update={"gate_extractive": gate.score})
    settings = settings.model_copy(update={"answer": answer})
    budget = open_budget(settings, stack)
    entailment = make_entailment(settings, stack, models_by_name(settings, chains), budget)
    corpus = stack.enter_context(open_corpus(settings))
    gate.check(corpus.fingerprint)
    corpus.tidy_quietly()
    registry = corpus.registry
    link_hosts = frozenset(host.lower() for host in settings.safety.allowed_link_hosts)
    documents = ReadableDocuments(registry, link_hosts)
    missing = corpus.checks().missing
    retriever = HybridRetriever(
        registry=registry,
        vectors=corpus.vectors,
        lexical=corpus.words,
        fingerprint=corpus.fingerprint,
        candidates=settings.retrieval.candidates,
        top_k=settings.retrieval.top_k,
        dense_weight=settings.retrieval.dense_weight,
        missing=missing,
        link_hosts=link_hosts,
    )
    weigh = index_weights(corpus.words.document_frequencies)
    folder = settings.home / settings.tenant
    parts_seen = EmbeddingCache(
        StoredVectors(
            corpus.questions, corpus.fingerprint, folder / "parts.sqlite", settings.rerank.stored_parts
        )
    )
    order = make_order(settings.rerank, corpus.embeddings, parts_seen, folder, weigh, corpus.windows)
    scorer = SentenceScorer(parts_seen, weigh, registry.texts)
    subjects = subject_guards(settings.safety, lambda texts: corpus.embeddings.embed_documents(list(texts)))
    seal_key = kept_key(folder / "state.key")
    canary = canary_of(seal_key)
    seen = stack.enter_context(open_observers(corpus, [*chains], seal_key))
    parts = Parts(
        retriever=retriever,
        chains=chains,
        # Of all graphs, so that the conversations' graph knows what the other has seen fail.
        breakers=Breakers(settings.answer.breaker_failures, settings.answer.breaker_pause_s),
        price=price_by(settings.budgets.prices),
        budget=budget,
        route=make_route(settings, chains, budget),
        answer_prompt=prompt,
        extractor=make_extractor(scorer, settings.answer.max_sentences),
        sentences=make_best_sentences(scorer),
        reranker=EvidenceCut(
            order=order,
            passages=settings.retrieval.evidence_passages,
            characters=settings.retrieval.evidence_chars,
            floor=settings.retrieval.evidence_floor,
            unit=settings.retrieval.evidence_unit,
        ),
        gate=make_gate(scorer),
        entailment=entailment,
        second_reader=settings.answer.second_reader and entailment is None,
        memory=_memory(corpus, chains, prompt),
        tools=[*built_in_tools(settings.answer.tools, retriever, documents, folder), *tools, *outside],
        check_question=in_turn([*question_guards(settings.safety), *guards["question"]]),
        check_subject=in_turn(subjects) if subjects else None,
        # Ours come last: what others mend is held to them too.
        check_answer=in_turn([*guards["answer"], *answer_guards(settings.safety)]),
        check_draft=in_turn([*draft_guards(settings.safety, canary), *guards["draft"]]),
        check_words=words_check(words_guards(settings.safety)),
        canary=canary,
        spell=Speller(registry, corpus.words, missing),
        find_filters=QuestionFilters(registry, settings.retrieval.question_filters),
        nothing_to_search=NothingToSearchIn(registry.engine),
        read_version=registry.stored_version,
        read_versions=registry.stored_versions,
        may_read=registry.may_read,
        readers_of=registry.readers_of,
        identify=with_roles(identify, settings.roles),
        sign=seen.sign,
        keep=seen.keep,
        limits=limits_of(settings, gate),
        about={"settings": settings.fingerprint(), "tenant": settings.tenant},
        index_generation=registry.generation,
        seal_key=seal_key,
    )

    def build(checkpointer: Any = None, identify: Identify | None = None) -> AnswerGraph:
        # Bound to the graph: a server or a host that runs it itself is traced with redaction, and its answers
        # are kept.
        who = parts.identify if identify is None else with_roles(identify, settings.roles)
        return answer_graph(replace(parts, checkpointer=checkpointer, identify=who)).with_config(
            run_name="pincite.ask", tags=["pincite"], callbacks=seen.callbacks
        )

    asks = bool(chains) and any(may_be_asked_about(declaration_of(tool)) for tool in parts.tools)
    return Pincite(
        corpus,
        retriever,
        build(),
        build,
        seen.callbacks,
        seen.metrics,
        may_ask=asks,
        _tools=parts.tools,
        parts=parts,
    )


def _memory(
    corpus: Corpus, chains: Mapping[str, Sequence[ChainModel]], prompt: Prompt | None
) -> DraftMemory | None:
    settings = corpus.settings
    if not settings.cache.answers:
        return None
    sent = (prompt or load_prompt("answer")).sha256
    models = [f"{name}:{member.name}" for name, chain in chains.items() for member in chain]
    return DraftMemory(corpus.drafts(), settings.tenant, settings.fingerprint(), sent, models)
