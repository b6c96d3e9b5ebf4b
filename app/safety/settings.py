"""What is let in and out, and what is done about what a guard sees."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator
from pydantic_settings import NoDecode

from app.process.variables import CommaList
from app.safety.names import INJECTION, NAMES, TOPICS
from app.safety.personal_data.kinds import KINDS

Notice = Literal["off", "log", "block"]
Withhold = Literal["allow", "redact", "block"]

SCORES = (INJECTION, TOPICS)
"""The guards that judge by likeness: where one of them fails, the question is let in."""


def _semicolons(value: object) -> object:
    if isinstance(value, str):
        return [item.strip() for item in value.split(";") if item.strip()]
    return value


SemicolonList = Annotated[list[str], NoDecode, BeforeValidator(_semicolons)]
"""``One sentence; another, with a comma``"""


class SafetySettings(BaseModel):
    """What is let in, and what is let out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_question_chars: int = Field(4000, ge=1, le=100_000, description="Longest question, in characters.")
    allowed_link_hosts: CommaList = Field(
        default_factory=list, description="Hosts an answer may link to, comma-separated; none by default."
    )
    injection: Notice = Field(
        "log",
        description="Questions that read like orders to the model: off, log (in the receipt) or block "
        "(those that surely do). A signal, no boundary.",
    )
    topics: SemicolonList = Field(
        default_factory=list,
        description="What may be asked about: sentences, semicolons between them; anything when empty.",
    )
    off_topic: Notice = Field(
        "log", description="Questions that are like none of the topics: off, log or block."
    )
    topic_likeness: float = Field(
        0.15,
        ge=-1,
        le=1,
        description="Cosine from which a question is like a topic; depends on the embedder.",
    )
    secrets: Withhold = Field(
        "redact",
        description="Keys, tokens and passwords in what documents and models say: allow (not looked for), "
        "redact (masked) or block (the sentence is withheld).",
    )
    personal_data: Withhold = Field(
        "allow", description="Personal data in what documents and models say: allow, redact or block."
    )
    question_personal_data: Withhold = Field(
        "allow", description="Personal data in questions: allow, redact (before anything is done) or block."
    )
    personal_data_kinds: CommaList = Field(
        default_factory=lambda: list(KINDS), description=f"Which kinds, comma-separated: {', '.join(KINDS)}."
    )
    phone_regions: CommaList = Field(
        default_factory=lambda: ["US", "GB", "DE", "FR"],
        description="Regions (ISO 3166, two letters) whose telephone numbers are known without +.",
    )
    open_guards: CommaList = Field(
        default_factory=lambda: list(SCORES),
        description="Guards that let through what they fail to check, or none; comma-separated.",
    )
    guard_ms: int = Field(
        2000, ge=10, le=60_000, description="Milliseconds one guard may take for one text; then it failed."
    )

    @field_validator("personal_data_kinds")
    @classmethod
    def _known_kinds(cls, value: list[str]) -> list[str]:
        if unknown := [one for one in value if one not in KINDS]:
            raise ValueError(f"{unknown[0]!r} is no kind; there are: {', '.join(KINDS)}")
        return value

    @field_validator("phone_regions")
    @classmethod
    def _two_letters(cls, value: list[str]) -> list[str]:
        if wrong := [one for one in value if len(one) != 2 or not one.isascii() or not one.isalpha()]:
            raise ValueError(f"{wrong[0]!r} is no region of two letters, such as GB")
        return [one.upper() for one in value]

    @field_validator("open_guards")
    @classmethod
    def _known_guards(cls, value: list[str]) -> list[str]:
        if value == ["none"]:
            return []
        if unknown := [one for one in value if one not in NAMES]:
            raise ValueError(f"{unknown[0]!r} is no guard of ours; there are: {', '.join(NAMES)}")
        return value
