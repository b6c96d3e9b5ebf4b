"""Words in an index of words: as its own reader gives them, since on disk terms share their beginnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from app.forgetting.needles import Needles
from app.retrieval.lexical_index import word_stems

if TYPE_CHECKING:
    import tantivy


def words_in_index(folder: Path, needles: Needles) -> Iterator[tuple[str, str]]:
    """(word, field) of each word that a term has without a passage that has it.

    Terms are stems, which a present passage may have by another word of the same stem: then it is that one's.

    Raises:
        ValueError: the index is damaged.
    """
    import tantivy

    index = tantivy.Index.open(str(folder))
    searcher = index.searcher()
    for field in ("passage_id", "scope"):
        found = "\0".join(term for term, _ in searcher.terms_with_prefix(field, ""))
        yield from ((word, field) for word in sorted(needles.in_text(found)))
    stems = {stem: word for word in sorted(needles.words) for stem in word_stems(word)}
    for field in ("words", "pairs"):
        terms = {term for term, _ in searcher.terms_with_prefix(field, "")}
        for term, word in sorted(_with(terms, stems)):
            if not _is_alive(index, searcher, field, term):
                yield word, field


def _with(terms: Iterable[str], stems: dict[str, str]) -> Iterator[tuple[str, str]]:
    for term in terms:
        for part in term.split(" "):
            if part in stems:
                yield term, stems[part]


def _is_alive(index: tantivy.Index, searcher: tantivy.Searcher, field: str, term: str) -> bool:
    from tantivy import Query

    return bool(searcher.search(Query.term_query(index.schema, field, term), limit=1, count=False).hits)
