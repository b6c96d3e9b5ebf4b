"""``pincite doctor``: what is configured, what is missing, what would be contacted."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from app.controls.redis_address import without_secrets
from app.errors import PinciteError, SettingsError
from app.settings import Settings, load_settings
from app.storage.writable import unreadable, unwritable
from app.terminal.doctor_extensions import extension_checks
from app.terminal.doctor_files import file_checks
from app.terminal.doctor_guards import guard_checks
from app.terminal.doctor_service import service_checks
from app.terminal.doctor_tools import server_contacts, tool_checks
from app.terminal.health import HealthCheck
from app.terminal.read_only_home import readable_home

if TYPE_CHECKING:
    from app.corpus import Corpus
    from app.registry.registry import DocumentRecord


def run_doctor() -> int:
    """Print the findings; 1 when one is broken, 2 when the settings cannot be read."""
    try:
        settings = load_settings()
    except SettingsError as error:
        print(f"broken   settings: {error}")
        return 2
    findings = list(examine(settings))
    for finding in findings:
        print(f"{finding.mark:<8} {finding.what}: {finding.detail}")
    contacts = list(would_contact(settings))
    print(
        "\nWould contact, when you ask or add files: "
        + (", ".join(contacts) if contacts else "nothing and nobody")
    )
    return 1 if any(finding.mark == "broken" for finding in findings) else 0


def examine(settings: Settings) -> Iterator[HealthCheck]:
    """All findings, most basic first. No model is called; of servers only the settings' Redis is asked."""
    yield _python()
    yield HealthCheck("ok", "pincite", _installed("pincite"))
    if (closed := unreadable(settings.home, settings.tenant)) is not None:
        told = f"{closed} cannot be read by this user; change its owner or permissions, or set PINCITE_HOME"
        yield HealthCheck("broken", "data folder", f"{told}; what is in it was not looked at")
        return
    writable = _writable(settings)
    yield writable
    yield from _private(settings)
    embeddings = _embeddings(settings)
    yield embeddings
    if "broken" not in (writable.mark, embeddings.mark):
        # SQLite writes where it reads: of a folder that cannot be written a copy is looked at.
        with readable_home(settings) as known:
            yield from file_checks(known)
            yield from _index_or_why(known)
    yield from _models(settings)
    yield _gate(settings)
    yield _keeping(settings)
    yield from guard_checks(settings)
    yield from extension_checks(settings)
    yield from tool_checks(settings)
    yield from service_checks(settings)
    yield _tracing()
    yield _web_pages(settings)
    yield _eval_data(settings)
    yield HealthCheck(
        "off",
        "telemetry",
        "none: that of ONNX Runtime, Chroma, Guardrails, LangGraph, litellm is switched off",
    )


def would_contact(settings: Settings) -> Iterator[str]:
    """Hosts and services a run with these settings would talk to."""
    from app.models.local.model import is_local
    from app.retrieval.vectors.store import without_login

    if settings.embedding.provider == "openai":
        url = settings.embedding.base_url or os.environ.get("OPENAI_BASE_URL")
        yield f"embeddings at {without_login(url) if url else 'OpenAI'}"
    if settings.retrieval.vector_store_url:
        server = without_login(settings.retrieval.vector_store_url)
        yield f"vector store {settings.retrieval.vector_store} at {server}"
    for name in _model_names(settings):
        if is_local(name):
            continue
        own = settings.model_base_url or os.environ.get("OPENAI_BASE_URL")
        base = own if name.startswith("openai:") else None
        yield f"chat model {name} at {without_login(base) if base else 'its provider'}"
    yield from server_contacts(settings)
    if settings.answer.prompt:
        yield f"LangSmith's prompt hub for {settings.answer.prompt}, when it is opened"
    from app.observability.tracing import tracing_is_on

    if tracing_is_on():
        own = os.environ.get("LANGSMITH_ENDPOINT")
        yield f"LangSmith at {without_login(own) if own else 'its cloud'}"
    if settings.limits.storage is not None:
        redis = without_secrets(settings.limits.storage.get_secret_value())
        yield f"Redis at {redis}, for limits and budgets"
    if settings.observability.otlp_endpoint:
        yield f"OpenTelemetry's collector at {without_login(settings.observability.otlp_endpoint)}"


def _python() -> HealthCheck:
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return HealthCheck(
        "ok" if good else "broken", "Python", f"{platform.python_version()} (3.11 to 3.13 are supported)"
    )


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "run from a checkout that is not installed"


def _writable(settings: Settings) -> HealthCheck:
    home = settings.home
    existing = next((folder for folder in (home, *home.parents) if folder.exists()), home)
    if not existing.is_dir():
        return HealthCheck("broken", "data folder", f"{existing} is a file; set PINCITE_HOME to a folder")
    closed = unwritable(home, settings.tenant)
    if closed is not None:
        kept = (home / settings.tenant / "registry.sqlite").exists()
        told = "asking and listing work, and nothing is stored" if kept else "nothing is there to be asked"
        return HealthCheck(
            "missing" if kept else "broken",
            "data folder",
            f"{closed} cannot be written: {told}; change its owner or permissions, or set PINCITE_HOME",
        )
    return HealthCheck("ok", "data folder", f"{home}{'' if home.exists() else ' (made at first use)'}")


def _private(settings: Settings) -> Iterator[HealthCheck]:
    """One line on what other people of this machine could read; it is closed to them."""
    from app.storage.private_files import close_to_others, open_to_others
    from app.storage.private_places import private_places

    places = private_places(settings)
    found = [path for place in places for path in open_to_others(place)]
    left = sum(map(close_to_others, places))
    if left:
        told = f"other people of this machine may read {left} files or folders that are not yours to close"
        yield HealthCheck("broken", "privacy", f"{told}; run: chmod -R go= {places[0]}")
    elif found:
        told = f"other people of this machine could read {len(found)} files and folders, {found[0]} first"
        yield HealthCheck("ok", "privacy", f"{told}; they are closed now")


def _embeddings(settings: Settings) -> HealthCheck:
    from app.retrieval.embedding.embedder import EmbeddingError, make_embedder
    from app.retrieval.embedding.minilm_embeddings import ModelFileError

    try:
        embedder = make_embedder(settings.embedding)
    except EmbeddingError as error:
        return HealthCheck("broken", "embeddings", str(error))
    if settings.embedding.provider == "openai":
        return HealthCheck("ok", "embeddings", f"{embedder.fingerprint} (endpoint not contacted)")
    try:
        embedder.embeddings.embed_query("ready")
    except ModelFileError as error:
        return HealthCheck("broken", "embeddings", str(error))
    return HealthCheck("ok", "embeddings", f"{embedder.fingerprint}, carried in the project, hash checked")


def _index_or_why(settings: Settings) -> Iterator[HealthCheck]:
    try:
        yield from _index(settings)
    except PinciteError as error:
        yield HealthCheck("broken", "index", str(error))
    except Exception as error:  # of a damaged file, whatever its library may say
        what = f"{type(error).__name__}; run: pincite rebuild"
        yield HealthCheck("broken", "index", f"it cannot be read: {what}")


def _index(settings: Settings) -> Iterator[HealthCheck]:
    from app.corpus import open_corpus

    if not (settings.home / settings.tenant / "registry.sqlite").exists():
        yield HealthCheck("missing", "documents", "none yet; add some with: pincite add PATH")
        return
    with open_corpus(settings) as corpus:
        records = corpus.registry.documents()
        passages = corpus.registry.passage_count()
        generation = corpus.registry.generation()
        yield HealthCheck(
            "ok" if records else "missing",
            "documents",
            f"{len(records)} with {passages} passages, generation {generation}",
        )
        built_with = corpus.registry.state("fingerprint")
        if records and built_with != corpus.fingerprint:
            told = f"built with {built_with}, not {corpus.fingerprint}; run: pincite rebuild"
            yield HealthCheck("broken", "index", told)
        elif records:
            noted, _ = corpus.registry.unsettled()
            if noted:
                corpus.vectors.ids()  # unless another part of it is broken too
                yield HealthCheck("missing", "index", "a run was interrupted; run the same add or sync again")
            else:
                yield _index_parts(corpus, passages)
                yield from _old_documents(records)


def _old_documents(records: list[DocumentRecord]) -> Iterator[HealthCheck]:
    from app.ingestion.pipeline import is_read_as_now

    old = sum(not is_read_as_now(record) for record in records)
    if old:
        yield HealthCheck(
            "missing",
            "reading",
            f"{old} of {len(records)} documents were read by an earlier version; they are found and cited as "
            "they are; to have them read anew, run the same add or sync again",
        )


def _index_parts(corpus: Corpus, passages: int) -> HealthCheck:
    corpus.vectors.check_place()
    label = corpus.vectors.label
    counts = {"passages with words": corpus.words.count()}
    vectors = f"vectors in {label}"
    if corpus.settings.retrieval.vector_store_url is None:
        counts[vectors] = len(corpus.vectors.ids()) + corpus.vectors.strays()
    else:
        vectors += ", which was not contacted"
    wrong = [f"{count} {what}" for what, count in counts.items() if count != passages]
    if wrong:
        detail = f"{', '.join(wrong)} for {passages} passages; run: pincite rebuild"
        return HealthCheck("broken", "index", detail)
    if damage := corpus.checks().altered():
        return HealthCheck("broken", "index", damage)
    return HealthCheck("ok", "index", f"{passages} passages, as many with words and {vectors}")


def _model_names(settings: Settings) -> list[str]:
    """Every model of every chain, once."""
    from app.models.chains import chain_names

    return list(dict.fromkeys(name for names in chain_names(settings).values() for name in names))


def _models(settings: Settings) -> Iterator[HealthCheck]:
    from app.models.chat import KEYS, ModelError, make_chat_model
    from app.models.local.model import check_local, is_local

    names = _model_names(settings)
    if not names:
        yield HealthCheck(
            "off", "chat model", "none; answers are sentences from the documents (set PINCITE_MODEL)"
        )
    for name in names:
        key = KEYS.get(name.partition(":")[0])
        if key and not os.environ.get(key) and not (key == KEYS["openai"] and settings.model_base_url):
            yield HealthCheck("broken", "chat model", f"{name} needs {key}, which is not set")
            continue
        try:
            if is_local(name):
                yield HealthCheck("ok", "chat model", f"{name}: {check_local(name, settings)} (not started)")
            else:
                make_chat_model(name, settings.answer, settings.model_base_url)
                yield HealthCheck("ok", "chat model", f"{name} (not called)")
        except ModelError as error:
            yield HealthCheck("broken", "chat model", str(error))


def _tracing() -> HealthCheck:
    from app.observability.tracing import tracing_is_on

    if tracing_is_on():
        return HealthCheck("ok", "LangSmith", "on: a key is set; secrets and e-mail addresses are redacted")
    return HealthCheck("off", "LangSmith", "no key is set, or LANGSMITH_TRACING=false")


def _gate(settings: Settings) -> HealthCheck:
    from app.gate.calibration import gate_rule

    try:
        rule = gate_rule(settings.answer)
    except SettingsError as error:
        return HealthCheck("broken", "gate", str(error))
    told = "set by hand"
    if settings.answer.most_wrong is not None:
        held = settings.answer.most_wrong
        told = f"at most {held:.0%} wrong by {rule.about['calibration']}, {rule.about['questions']} questions"
    return HealthCheck("ok", "gate", f"answers without a model from a score of {rule.score:.2f}, {told}")


def _keeping(settings: Settings) -> HealthCheck:
    from app.forgetting.retention import times_of

    told = "; ".join(f"{what}: {how_long}" for what, how_long in times_of(settings).said())
    return HealthCheck("ok", "keeping", told)


def _web_pages(settings: Settings) -> HealthCheck:
    private = ", ".join(settings.web.private_hosts) or "none"
    return HealthCheck(
        "ok",
        "web pages",
        f"fetched only when you name them to add or sync; hosts of private networks that may be: {private}",
    )


def _eval_data(settings: Settings) -> HealthCheck:
    if settings.eval_data is None:
        return HealthCheck("off", "evaluation data", "PINCITE_EVAL_DATA is not set; only benchmarks need it")
    if not settings.eval_data.is_dir():
        return HealthCheck("missing", "evaluation data", f"{settings.eval_data} is not a folder")
    return HealthCheck("ok", "evaluation data", str(settings.eval_data))
