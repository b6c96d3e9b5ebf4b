"""Which values metadata have."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ValueCount(BaseModel):
    """A value, and how many documents that you may read have it."""

    value: str
    documents: int


class KeyFacet(BaseModel):
    """A key of metadata with its values, the most frequent first."""

    key: str
    values: list[ValueCount]
    more: int = Field(0, description="How many values are not among them.")
