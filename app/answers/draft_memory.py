"""The answer cache as the graph knows it: what a request may differ in, and what the settings add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.answers.draft_cache import AnswerCache, DraftKey


@dataclass(frozen=True, slots=True)
class DraftMemory:
    """Keys drafts by the request, the tenant, the settings, the prompt's hash and every chain's models."""

    cache: AnswerCache
    tenant: str
    settings: str
    prompt: str
    models: Sequence[str]

    def get(self, asked: Mapping[str, Any]) -> Any | None:
        return self.cache.get(self._key(asked))

    def put(self, asked: Mapping[str, Any], value: Any) -> None:
        self.cache.put(self._key(asked), value)

    def _key(self, asked: Mapping[str, Any]) -> DraftKey:
        return DraftKey(
            tenant=self.tenant, prompt=self.prompt, models=self.models, settings=self.settings, **asked
        )
