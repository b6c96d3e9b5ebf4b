"""The floor: a plain BM25 over whole documents, none of the product's code in it.

The floors of the data's README were measured on whole sets, and a folder may hold a part of one. This is
the same method (k1 0.9, b 0.4, stemmed, Lucene's stop words and idf) on the very questions asked here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import groupby

import numpy as np

K1, B = 0.9, 0.4
_STOP_WORDS = """a an and are as at be but by for if in into is it no not of on or such that the their then
    there these they this to was will with"""


class Bm25Floor:
    """BM25 scores of every text for a question. SQLite's tokenizer cuts and stems the words (Porter)."""

    def __init__(self, texts: Sequence[str]) -> None:
        terms = _terms(texts)
        self._size = len(texts)
        lengths = np.zeros(len(texts))
        for _, row, count in terms:
            lengths[row] += count
        norm = K1 * (1 - B + B * lengths / max(float(lengths.mean()), 1e-9))
        self._postings: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        for term, group in groupby(terms, key=lambda found: found[0]):
            pairs = [(row, count) for _, row, count in group]
            rows = np.array([row for row, _ in pairs])
            counts = np.array([count for _, count in pairs], dtype=np.float64)
            idf = np.log1p((len(texts) - len(rows) + 0.5) / (len(rows) + 0.5))
            self._postings[term] = rows, idf * counts / (counts + norm[rows])

    def scores(self, questions: Sequence[str]) -> np.ndarray:
        """One row a question, one column a text."""
        found = np.zeros((len(questions), self._size), dtype=np.float32)
        for term, question, count in _terms(questions):
            if term in self._postings:
                rows, weights = self._postings[term]
                found[question, rows] += count * weights
        return found


def _terms(texts: Sequence[str]) -> list[tuple[str, int, int]]:
    """(term, position of the text, how often) by term, without stop words."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='porter unicode61')")
        connection.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(texts, 'instance')")
        connection.execute("CREATE VIRTUAL TABLE stops USING fts5(text, tokenize='porter unicode61')")
        connection.execute("CREATE VIRTUAL TABLE stop_terms USING fts5vocab(stops, 'row')")
        connection.execute("INSERT INTO stops VALUES (?)", (_STOP_WORDS,))
        stops = {row[0] for row in connection.execute("SELECT term FROM stop_terms")}
        connection.executemany("INSERT INTO texts(rowid, text) VALUES (?, ?)", enumerate(texts))
        query = "SELECT term, doc, count(*) FROM terms GROUP BY term, doc ORDER BY term, doc"
        return [(term, row, count) for term, row, count in connection.execute(query) if term not in stops]
    finally:
        connection.close()
