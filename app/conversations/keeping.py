"""Settings of what is kept of people's questions, and for how long."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Keeping(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AnswersSettings(_Keeping):
    """Released answers, kept so that `pincite verify` can check them later."""

    keep: bool = Field(True, description="Keep answers: question, sentences, citations and receipt.")
    keep_days: int = Field(90, ge=1, le=36_500, description="Days after which a kept answer is deleted.")


class ConversationsSettings(_Keeping):
    """Conversations that `pincite ask --thread` and `open_pincite` keep, each its owner's."""

    keep_days: int = Field(
        90, ge=1, le=36_500, description="Days after its last turn that a conversation is deleted."
    )


class CacheSettings(_Keeping):
    """Drafts of questions that were asked before, word for word, by somebody with the same rights."""

    answers: bool = Field(
        False, description="Answer what was asked before from its draft, cited and checked again."
    )
    max_age_h: float = Field(24.0, gt=0, le=8760, description="Hours after which a draft is made anew.")
    max_answers: int = Field(10_000, ge=1, description="Drafts kept; those unused for longest go first.")


class KeepSettings(_Keeping):
    """How long the rest is kept; `pincite doctor` shows all of it."""

    receipts_days: int | None = Field(
        None, ge=1, le=36_500, description="Days after which kept answers lose their receipt; unset: never."
    )
    questions_days: int = Field(
        90, ge=1, le=36_500, description="Days after which a question for people is deleted."
    )
    versions_days: int | None = Field(
        None,
        ge=1,
        le=36_500,
        description="Days after which earlier versions of documents go that no kept answer cites; unset: "
        "with `pincite prune`.",
    )
    removed_days: int | None = Field(
        None,
        ge=1,
        le=36_500,
        description="Days that cited texts of removed documents stay at most; unset: while a kept answer "
        "cites them.",
    )
