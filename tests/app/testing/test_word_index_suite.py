"""What is asked of a stranger's index of words, ours does."""

from __future__ import annotations

from pathlib import Path

from app.retrieval.lexical_index import LexicalIndex
from app.retrieval.word_index import WordIndex
from app.testing.word_index_suite import WordIndexSuite


class TestTantivy(WordIndexSuite):
    def open(self, folder: Path) -> WordIndex:
        return LexicalIndex(folder)
