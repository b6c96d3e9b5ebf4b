"""What an index of words is asked for; ours is ``app.retrieval.lexical_index``.

It holds the words of passages with the readers and facts that scope them, and answers only within a scope.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from app.retrieval.scope import Scope


@dataclass(frozen=True, slots=True)
class LexicalHit:
    """A passage and its score (BM25 or alike); larger is better, above 0."""

    passage_id: str
    bm25: float


@runtime_checkable
class WordIndex(Protocol):
    """One process writes at a time, any number read, several threads ask one object at once.

    ``app.testing.word_index_suite`` says the rest in tests.
    """

    def search(self, question: str, k: int, scope: Scope) -> list[LexicalHit]:
        """The ``k`` best passages in scope, best first, as last committed by whichever process."""

    def document_frequencies(self, words: Collection[str]) -> tuple[dict[str, int], int]:
        """(passages that hold each word, all passages), at one moment; about right is enough."""

    def lacks(self, name: str, scope: Scope) -> bool:
        """Whether no passage of the scope's readers has the words of a name; False where that is unknown."""

    def like(self, word: str, k: int, scope: Scope) -> list[str]:
        """``k`` passages of the scope's readers that may have a word one edit from ``word``; or none."""

    def count(self) -> int:
        """Passages in the index; for checks."""

    def add(self, passage_ids: Sequence[str], texts: Sequence[str], scopes: Sequence[Sequence[str]]) -> None:
        """Write and commit, all of them or, when killed, none; a passage that is there is replaced.

        ``texts`` begin with the headings in one line; ``scopes`` are ``app.retrieval.scope.scope_terms``.
        """

    def delete(self, passage_ids: Sequence[str]) -> None:
        """Remove passages and commit; those that are not there are passed over."""

    def end_writing(self) -> None:
        """Let another process write."""
