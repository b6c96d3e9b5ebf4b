"""What is told about runs, to whom, and in what form."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import NoDecode

from app.online.settings import OnlineSettings
from app.process.variables import comma_list

Signal = Literal["traces", "metrics", "logs"]
Signals = Annotated[list[Signal], NoDecode, BeforeValidator(comma_list)]
TRACES: tuple[Signal, ...] = ("traces",)


class ObservabilitySettings(BaseModel):
    """Traces and logs. Receipts are kept with their answers whatever is set here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    otlp_endpoint: str | None = Field(
        None,
        pattern=r"^https?://",
        description="Collector that is sent to over OTLP/HTTP, e.g. http://127.0.0.1:4318; none: "
        "nothing is sent. Headers for it: OTEL_EXPORTER_OTLP_HEADERS.",
    )
    otlp_signals: Signals = Field(
        default_factory=lambda: [*TRACES],
        description="What is sent there, comma-separated: traces, metrics, logs; not every collector takes "
        "all.",
    )
    otlp_metrics_s: float = Field(
        60.0, ge=1, le=3600, description="Seconds between two sendings of metrics there."
    )
    otlp_words: bool = Field(
        False, description="Put the words of questions and answers into these traces, redacted."
    )
    otlp_share: float = Field(
        1.0, ge=0, le=1, description="Share of the questions that nobody else traces which is sent."
    )
    langsmith_share: float | None = Field(
        None, ge=0, le=1, description="Share of the runs that LangSmith is sent; unset: as its SDK decides."
    )
    exit_s: float = Field(
        1.0, ge=0, le=2.5, description="Seconds that traces on their way may hold up the exit."
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="What a server logs: text, or one JSON object a line."
    )
    online: OnlineSettings = Field(default_factory=OnlineSettings)
