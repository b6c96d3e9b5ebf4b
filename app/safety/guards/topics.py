"""Questions that are like none of the topics that may be asked about."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from guardrails.validator_base import FailResult, PassResult, ValidationResult, Validator, register_validator

Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""Texts in, a vector each out."""


@register_validator(name="pincite/topics", data_type="string")
class TopicScope(Validator):  # type: ignore[misc]
    """Passes text whose cosine with one of ``topics`` is at least ``likeness``; says ``off-topic``."""

    def __init__(self, topics: list[str], likeness: float, embed: Embed, on_fail: Any = None) -> None:
        super().__init__(on_fail=on_fail, topics=topics, likeness=likeness)
        self._topics, self._likeness, self._embed = topics, likeness, embed
        self._lock = threading.Lock()
        self._known: Any = None

    def _validate(self, value: Any, metadata: dict[str, Any]) -> ValidationResult:
        likeness = float(np.max(self._vectors() @ self._unit([str(value)])[0]))
        if likeness >= self._likeness:
            return PassResult()
        return FailResult(
            error_message="the question is about none of the topics that are answered here",
            metadata={"saw": "off-topic", "score": round(likeness, 3)},
        )

    def _vectors(self) -> Any:
        with self._lock:
            if self._known is None:
                self._known = self._unit(self._topics)
            return self._known

    def _unit(self, texts: Sequence[str]) -> Any:
        vectors = np.asarray(self._embed(texts), dtype=np.float32)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
