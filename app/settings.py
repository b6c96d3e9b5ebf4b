"""One tree of settings, read from ``PINCITE_…`` environment variables or a ``.env`` file."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.api.settings import ApiSettings
from app.controls.settings import BudgetSettings, LimitSettings
from app.conversations.keeping import AnswersSettings, CacheSettings, ConversationsSettings, KeepSettings
from app.errors import SettingsError
from app.gate.settings import GateSettings
from app.identity.settings import AuthSettings
from app.jobs.settings import JobsSettings
from app.models.local.settings import LocalSettings
from app.observability.settings import ObservabilitySettings
from app.process.variables import OF_THE_CLIENT, CommaList, NamedLists, known_variables, read_from
from app.safety.settings import SafetySettings as SafetySettings  # noqa: PLC0414 - hosts import it from here
from app.toolbox.mcp.settings import McpSettings
from app.toolbox.names import BY_DEFAULT, ToolNames
from graphs.calling.breaker import FAILURES, PAUSE_S
from graphs.limits import OUTPUT_TOKENS, Limits
from graphs.text.version import TEXT_VERSION

PREFIX = "PINCITE_"

_LIMITS = Limits()  # What the graph owns has its defaults there.


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EmbeddingSettings(_Group):
    """Which vectors passages and questions get."""

    provider: Literal["minilm", "openai"] = Field(
        "minilm", description="minilm: carried in the project. openai: any OpenAI-compatible endpoint."
    )
    model: str = Field("text-embedding-3-small", description="Model name at the endpoint (openai only).")
    base_url: str | None = Field(None, description="Endpoint, e.g. http://127.0.0.1:8080/v1 (openai only).")
    api_key: SecretStr | None = Field(None, description="Key of the endpoint; OPENAI_API_KEY when empty.")
    timeout_s: float = Field(30.0, gt=0, le=600, description="Seconds one embedding request may take.")
    threads: int = Field(0, ge=0, le=64, description="Threads that embed; 0 means one for each processor.")


class IngestSettings(_Group):
    """What may become a document, and how long its passages are."""

    max_file_mb: float = Field(50.0, gt=0, le=2048, description="Files above this many MiB are refused.")
    file_timeout_s: float = Field(
        30.0, ge=0, le=3600, description="Seconds reading one file may take; 0 reads without this bound."
    )
    file_memory_mb: float = Field(
        2048.0, ge=256, le=262_144, description="MiB of memory reading one file may take (not on Windows)."
    )
    passage_chars: int = Field(1000, ge=200, le=4000, description="Length a passage aims at, in characters.")
    passage_max_chars: int = Field(1400, ge=300, le=8000, description="Length no passage exceeds.")
    lock_timeout_s: float = Field(10.0, ge=0, le=3600, description="Seconds to wait for another writer.")
    groups: CommaList = Field(default_factory=list, description="Who may read what names no readers.")


class WebSettings(_Group):
    """Pages that ``pincite add https://…`` and ``--sitemap`` fetch."""

    max_page_mb: float = Field(20.0, gt=0, le=2048, description="Pages above this many MiB are refused.")
    timeout_s: float = Field(30.0, gt=0, le=600, description="Seconds one request for a page may take.")
    max_redirects: int = Field(5, ge=0, le=20, description="Times an address may lead on to another.")
    delay_s: float = Field(1.0, ge=0, le=60, description="Seconds between two requests to one host.")
    max_pages: int = Field(1000, ge=1, le=50_000, description="Pages one sitemap may list.")
    private_hosts: CommaList = Field(
        default_factory=list,
        description="Hosts whose pages may come from private addresses, comma-separated; none by default.",
    )


class RetrievalSettings(_Group):
    """How passages are found, ordered and cut."""

    candidates: int = Field(100, ge=1, le=1000, description="Passages each leg (dense, lexical) brings.")
    vector_store: str = Field(
        "rows",
        min_length=1,
        description="Where vectors are: rows (a file, searched exactly), chroma, or an installed store.",
    )
    vector_store_url: str | None = Field(
        None, description="Server of the vector store, e.g. http://127.0.0.1:8000 of `chroma run`."
    )
    top_k: int = Field(_LIMITS.top_k, ge=1, le=200, description="Passages kept after fusion.")
    dense_weight: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Weight of the dense leg, the rest is lexical; unset: .6, less where cosines are alike.",
    )
    evidence_passages: int = Field(
        _LIMITS.evidence_passages, ge=1, le=50, description="Passages shown, where they are whole."
    )
    evidence_chars: int = Field(6000, ge=500, le=200_000, description="Characters of evidence at most.")
    evidence_unit: Literal["passages", "windows"] = Field(
        "windows",
        description="windows: of many passages the sentences nearest to the question, until the characters "
        "are used up. passages: whole ones.",
    )
    question_filters: CommaList = Field(
        default_factory=lambda: ["version", "date"],
        description="Metadata keys whose values, named in a question, narrow the search; comma-separated.",
    )
    evidence_floor: float = Field(
        0.35, ge=0, le=1, description="Passages below this share of the best fused score are cut."
    )


class RerankSettings(_Group):
    """What orders the retrieved passages before they are cut to the evidence."""

    method: Literal["auto", "none", "windows", "late_interaction", "endpoint", "import"] = Field(
        "auto",
        description="auto (windows with the carried embedder, else none), none, windows, "
        "late_interaction (with the carried embedder only), endpoint or import.",
    )
    candidates: int | None = Field(
        None,
        ge=1,
        le=200,
        description="Passages looked at, the rest keep their order; unset: 10 for windows, 20 for others.",
    )
    weight: float = Field(0.3, ge=0, le=1, description="Share of the reranker; the rest is the fused score.")
    stored_passages: int = Field(
        20_000, ge=100, description="Passages whose token vectors stay on disk, some 50 kB each."
    )
    stored_parts: int = Field(
        200_000, ge=1000, description="Vectors of windows and sentences that stay on disk, 0.8 kB each."
    )
    base_url: str | None = Field(None, description="Rerank endpoint (Cohere and Jina wire format).")
    model: str | None = Field(None, description="Model the rerank endpoint is asked for.")
    api_key: SecretStr | None = Field(None, description="Key of the rerank endpoint.")
    timeout_s: float = Field(5.0, gt=0, le=120, description="Seconds the rerank endpoint may take.")
    factory: str | None = Field(
        None, description="For import: package.module:function that returns a BaseDocumentCompressor."
    )


class AnswerSettings(GateSettings):
    """When there is enough evidence, and how long a model may take."""

    max_sentences: int = Field(3, ge=1, le=10, description="Sentences of an extractive answer.")
    model_timeout_s: float = Field(
        _LIMITS.model_timeout_s, gt=0, le=600, description="Seconds one model call may take."
    )
    model_attempts: int = Field(
        _LIMITS.model_attempts, ge=1, le=10, description="Calls to one model before the next is tried."
    )
    deadline_s: float = Field(
        _LIMITS.deadline_s, gt=0, le=3600, description="Seconds all model calls of a request share."
    )
    max_output_tokens: int = Field(OUTPUT_TOKENS, ge=64, le=32_768, description="Tokens a model may write.")
    max_tool_calls: int = Field(
        _LIMITS.max_tool_calls, ge=0, le=10, description="Tool calls a model may make for one answer."
    )
    tools: ToolNames = Field(
        default_factory=lambda: list(BY_DEFAULT),
        description="Our tools that a chat model may call, comma-separated. Not by default: ask_person, "
        "which hands a question to people (`pincite questions`).",
    )
    draft_format: Literal["tool", "json_schema", "text"] = Field(
        "tool",
        description="How models give drafts: tool (a call, works with most), json_schema (JSON held to a "
        "schema by the provider), or text (sentences ending in [n]). Only with tool may they call tools.",
    )
    prompt: str | None = Field(
        None, description="Drafting prompt from the LangSmith hub, as hub:owner/name:commit."
    )
    entailment: str | None = Field(
        None,
        description="Who is asked whether a source bears out a sentence that the checks leave open: a "
        "chat model (openai:gpt-4o-mini, local), or nli:FOLDER with model.onnx and tokenizer.json; nobody "
        "when empty.",
    )
    second_reader: bool = Field(
        True, description="Ask the model that drafts once more, about sentences that the checks leave open."
    )
    breaker_failures: int = Field(
        FAILURES,
        ge=1,
        le=100,
        description="Questions in a row that an endpoint fails before it is left alone.",
    )
    breaker_pause_s: float = Field(
        PAUSE_S, gt=0, le=3600, description="Seconds such an endpoint is left alone, then tried once."
    )


class ExtensionSettings(_Group):
    """What other distributions bring; `pincite doctor` lists it. Loaders are used when installed."""

    guards: CommaList = Field(
        default_factory=list, description="Installed guards that are asked, in this order, comma-separated."
    )
    tools: CommaList = Field(
        default_factory=list, description="Installed tools that a chat model may call, comma-separated."
    )


class Settings(BaseSettings):
    """Everything that can be set. Nested names join with two underscores: ``PINCITE_API__PORT``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, env_ignore_empty=True,
        hide_input_in_errors=True,
    )  # fmt: skip

    home: Path = Field(
        default_factory=lambda: Path.home() / ".pincite", description="Data folder: documents and indexes."
    )
    model: str | None = Field(
        None,
        description="Chat model: openai:gpt-4o-mini, local, local:/path/to/file.gguf; none: extractive.",
    )
    model_base_url: str | None = Field(
        None,
        description="Server that openai: models are asked at (Ollama, vLLM, llama.cpp), e.g. "
        "http://127.0.0.1:11434/v1; OPENAI_BASE_URL when empty.",
    )
    fallback_models: CommaList = Field(
        default_factory=list, description="Chat models tried in turn when the first fails, comma-separated."
    )
    chains: NamedLists = Field(
        default_factory=dict,
        description="More chains of models, chosen by name for a run, e.g. "
        "fast=openai:gpt-4o-mini; careful=openai:gpt-5,openai:gpt-4o.",
    )
    routes: NamedLists = Field(
        default_factory=dict,
        description="Rules that choose a chain for a draft, the first that holds, e.g. "
        "fast=evidence<2000,kind:value; cheap=budget<0.2: docs/controls.md.",
    )
    eval_data: Path | None = Field(None, description="Folder of public evaluation data, for benchmarks.")
    eval_runs: Path = Field(
        Path("evals/results/runs"), description="Folder `pincite eval run` writes to and finds runs in."
    )
    judge_model: str | None = Field(
        None, description="Chat model that judges answers in evaluations; without one, judges do not run."
    )
    tenant: str = Field(
        "default", pattern=r"^[a-z0-9][a-z0-9-]{1,30}$", description="Name of the collection."
    )
    roles: NamedLists = Field(
        default_factory=dict,
        description="Groups that stand for others when somebody asks, e.g. hr-lead=hr,board; office=sales.",
    )
    embedding: EmbeddingSettings = Field(default_factory=EmbeddingSettings)
    ingest: IngestSettings = Field(default_factory=IngestSettings)
    web: WebSettings = Field(default_factory=WebSettings)
    retrieval: RetrievalSettings = Field(default_factory=RetrievalSettings)
    rerank: RerankSettings = Field(default_factory=RerankSettings)
    answer: AnswerSettings = Field(default_factory=AnswerSettings)
    local: LocalSettings = Field(default_factory=LocalSettings)
    answers: AnswersSettings = Field(default_factory=AnswersSettings)
    conversations: ConversationsSettings = Field(default_factory=ConversationsSettings)
    keep: KeepSettings = Field(default_factory=KeepSettings)
    cache: CacheSettings = Field(default_factory=CacheSettings)
    safety: SafetySettings = Field(default_factory=SafetySettings)
    extensions: ExtensionSettings = Field(default_factory=ExtensionSettings)
    mcp: McpSettings = Field(default_factory=McpSettings)
    budgets: BudgetSettings = Field(default_factory=BudgetSettings)
    limits: LimitSettings = Field(default_factory=LimitSettings)
    jobs: JobsSettings = Field(default_factory=JobsSettings)
    observability: ObservabilitySettings = Field(default_factory=ObservabilitySettings)
    api: ApiSettings = Field(default_factory=ApiSettings)
    auth: AuthSettings = Field(default_factory=AuthSettings)

    @field_validator("home", "eval_data", "eval_runs", mode="after")
    @classmethod
    def _expand(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value is not None else None

    @field_validator("model", "judge_model", mode="after")
    @classmethod
    def _named(cls, value: str | None) -> str | None:
        if value is not None and value.endswith(":"):
            raise ValueError(f"{value!r} names no model; write it as provider:model, e.g. openai:gpt-4o-mini")
        return value

    def fingerprint(self) -> str:
        """A short sha256 of ``TEXT_VERSION`` and of every setting that can change an answer; no secrets, no
        paths."""
        shown = self.model_dump_json(
            exclude={
                "home": True,
                "eval_data": True,
                "eval_runs": True,
                "judge_model": True,
                "api": True,
                "auth": True,
                "budgets": True,
                "limits": True,
                "mcp": True,
                "cache": True,
                "web": True,
                "answers": True,
                "conversations": True,
                "keep": True,
                "jobs": True,
                "observability": True,
                "embedding": {"api_key": True},
                "answer": {"calibration": True},
                "retrieval": {"vector_store_url": True},
                "rerank": {"api_key": True, "stored_passages": True, "stored_parts": True},
            }
        )
        return hashlib.sha256(f"{TEXT_VERSION}\0{shown}".encode()).hexdigest()[:16]


def variables(model: type[BaseModel] = Settings, prefix: str = PREFIX) -> Iterator[tuple[str, str, Any]]:
    """Every environment variable as (name, description, default), in the order of the tree."""
    for name, info in model.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from variables(info.annotation, f"{prefix}{name.upper()}__")
        else:
            yield prefix + name.upper(), info.description or "", info.default


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings from the environment and, what it lacks, from ``env_file``; neither is changed.

    Raises:
        SettingsError: a ``PINCITE_`` variable that does not exist, or a value out of bounds.
    """
    given = known_variables(env_file)
    known = {name for name, _, _ in variables()}
    for name in sorted(given):
        if name.startswith(PREFIX) and name.upper() not in known | OF_THE_CLIENT:
            close = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f"did you mean {close[0]}?" if close else "see .env.example for all names"
            raise SettingsError(f"{name} is not a setting; {hint}")
    try:
        return Settings(**read_from(Settings, given))
    except ValidationError as error:
        lines = [
            f"{PREFIX}{'__'.join(str(part).upper() for part in item['loc'])}: {item['msg']}"
            for item in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsError("; ".join(lines)) from None
