"""BM25 over tantivy: the words of passages with the readers and facts that scope them."""

from __future__ import annotations

import math
import shutil
import threading
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import PinciteError
from app.retrieval.panics import is_panic
from app.retrieval.scope import Scope, fact_term, reader_term
from app.retrieval.unfinished_deletes import drop_unfinished_deletes
from app.retrieval.word_index import LexicalHit
from app.storage.private_files import make_private_folder
from graphs.text.words import STOP_WORDS

if TYPE_CHECKING:
    import tantivy

_LETTERS = r"[\p{L}\p{N}\p{M}]+"
"""Letters and digits with their marks: vowel signs are what many Indian words are made of."""
_MOST_WORDS = 64
_LEAST_IDF = 1e-6
PAIR_WEIGHT = 0.3
"""What two neighbouring words count beside the words themselves (docs/decisions/0006)."""
_WRITER_BYTES = 64_000_000
_MANY = 20


class WordIndexError(PinciteError, RuntimeError):
    """The index of words is damaged; the message is one line, with what to do."""

    code = "word-index"
    status = 503


class LexicalIndex:
    """Finds passages by their words: lower case, without accents, English endings taken off.

    Every search sees what was last committed, by this process or another. Writing is for the one process
    that holds the writer's lock.

    Of a damaged index every call raises ``WordIndexError``, but for those that only help a search along:
    ``document_frequencies``, ``lacks`` and ``like`` say what they would of an empty one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._index: tantivy.Index | None = None
        self._writer: tantivy.IndexWriter | None = None
        self._analyzers: dict[str, tantivy.TextAnalyzer] = {}
        self._seen: tuple[int, int] | None = None

    def search(self, question: str, k: int, scope: Scope) -> list[LexicalHit]:
        """The ``k`` best passages in scope, best first; none when the question has no words."""
        with self._clear_errors():
            return self._search(question, k, scope)

    def _search(self, question: str, k: int, scope: Scope) -> list[LexicalHit]:
        index = self._current()
        if index is None:
            return []
        from tantivy import Occur, Query

        searcher = index.searcher()
        wanted = {"words": self.query_terms(question), "pairs": self._pairs(question)}
        terms = {name: self._weighed(name, found, searcher) for name, found in wanted.items()}
        if not terms["words"]:
            return []

        def any_of(name: str, values: Iterable[str]) -> Query:
            return Query.boolean_query(
                [(Occur.Should, Query.term_query(index.schema, name, value)) for value in values]
            )

        conditions = [any_of("scope", [reader_term(reader) for reader in scope.readers])]
        for key, values in scope.facts.items():
            terms_of = [fact_term(key, value) for value in values]
            many = Query.term_set_query(index.schema, "scope", terms_of) if len(values) > _MANY else None
            conditions.append(many or any_of("scope", terms_of))
        words = [
            (Occur.Should, Query.boost_query(Query.term_query(index.schema, name, term), weight * factor))
            for name, weight in (("words", 1.0), ("pairs", PAIR_WEIGHT))
            for term, factor in terms[name].items()
        ]
        parts = [(Occur.Must, Query.boolean_query(words))]
        parts += [(Occur.Must, Query.const_score_query(condition, 0.0)) for condition in conditions]
        found = searcher.search(Query.boolean_query(parts), limit=k, count=False).hits
        hits = [LexicalHit(searcher.doc(place)["passage_id"][0], score) for score, place in found]
        return sorted(hits, key=lambda hit: (-hit.bm25, hit.passage_id))

    def document_frequencies(self, words: Collection[str]) -> tuple[dict[str, int], int]:
        """(passages that hold each word, all passages), by the index's own stemming, at one moment.

        Passages that are gone count until their part of the index is written anew.
        """
        none = dict.fromkeys(words, 0), 0
        with suppress(WordIndexError), self._clear_errors():
            index = self._current()
            if index is None:
                return none
            searcher = index.searcher()
            counts = {
                word: min(
                    (searcher.doc_freq("words", term) for term in self._analyze("words", word)), default=0
                )
                for word in words
            }
            return counts, searcher.num_docs
        return none

    def lacks(self, name: str, scope: Scope) -> bool:
        """Whether no passage of the scope's readers has the words of a name, or no two that stand side by
        side in it; False where that cannot be told."""
        with suppress(WordIndexError), self._clear_errors():
            return self._lacks(name, scope)
        return False

    def _lacks(self, name: str, scope: Scope) -> bool:
        index = self._current()
        words = self._analyze("words", name)
        if index is None or not words:
            return False
        pairs = self._pairs(name) if len(words) > 1 else []
        from tantivy import Query

        return not all(
            self._found(index, Query.term_query(index.schema, field, term), scope, 1)
            for field, terms in (("words", words), ("pairs", pairs))
            for term in terms
        )

    def like(self, word: str, k: int, scope: Scope) -> list[str]:
        """``k`` passages of the scope's readers that have a word whose stem is at most one edit from that of
        ``word``."""
        with suppress(WordIndexError), self._clear_errors():
            index = self._current()
            stems = self._analyze("words", word)
            if index is None or len(stems) != 1:
                return []
            from tantivy import Query

            return self._found(
                index, Query.fuzzy_term_query(index.schema, "words", stems[0], 1, True), scope, k
            )
        return []

    def _found(self, index: tantivy.Index, wanted: tantivy.Query, scope: Scope, k: int) -> list[str]:
        from tantivy import Occur, Query

        readers = [
            (Occur.Should, Query.term_query(index.schema, "scope", reader_term(reader)))
            for reader in scope.readers
        ]
        both = Query.boolean_query([(Occur.Must, wanted), (Occur.Must, Query.boolean_query(readers))])
        searcher = index.searcher()
        return [
            searcher.doc(place)["passage_id"][0]
            for _, place in searcher.search(both, limit=k, count=False).hits
        ]

    def count(self) -> int:
        """Passages in the index; for checks."""
        with self._clear_errors():
            index = self._current()
            return int(index.searcher().num_docs) if index is not None else 0

    def drop(self) -> None:
        """Delete its files, damaged or not."""
        with self._lock:
            self._index = self._writer = self._seen = None
            shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, passage_ids: Sequence[str], texts: Sequence[str], scopes: Sequence[Sequence[str]]) -> None:
        """Write and commit; a passage that is there already is replaced.

        ``texts`` begin with the headings in one line, which count twice; ``scopes`` are ``scope_terms``.
        """
        documents = list(map(self._document, passage_ids, texts, scopes))
        with self._clear_errors(), self._lock:
            writer = self._open_writer()
            for passage_id, document in zip(passage_ids, documents, strict=True):
                writer.delete_documents_by_term("passage_id", passage_id)
                writer.add_document(document)
            writer.commit()

    def write_anew(self, passages: Iterable[tuple[str, str, Sequence[str]]]) -> int:
        """Write the whole index anew of these (passage_id, text, scope), as ``add`` takes them; how many.

        In one commit: until then, and when killed, it is what it was. No term of another passage is left in
        its files, which ``delete`` alone does not see to.
        """
        count = 0
        with self._clear_errors(), self._lock:
            writer = self._open_writer()
            writer.delete_all_documents()
            for passage_id, text, scope in passages:
                writer.add_document(self._document(passage_id, text, scope))
                count += 1
            writer.commit()
            writer.wait_merging_threads()
            self._writer = None
            self._open_writer().garbage_collect_files()
        return count

    def delete(self, passage_ids: Sequence[str]) -> None:
        """Remove passages and commit; those that are not there are passed over."""
        with self._clear_errors(), self._lock:
            writer = self._open_writer()
            for passage_id in passage_ids:
                writer.delete_documents_by_term("passage_id", passage_id)
            writer.commit()

    def end_writing(self) -> None:
        """Let another process write, once what is being merged is written."""
        with self._lock:
            if self._writer is not None:
                self._writer.wait_merging_threads()
                self._writer = None

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        """What tantivy says of files that it cannot read, as one line."""
        try:
            yield
        except BaseException as error:
            if not isinstance(error, ValueError | OSError) and not is_panic(error):
                raise
            self._index = self._writer = self._seen = None
            reason = (str(error) or type(error).__name__).splitlines()[0][:200]
            raise WordIndexError(
                f"the index of words in {self._folder} is damaged ({reason}); run: pincite rebuild"
            ) from error

    def query_terms(self, question: str) -> list[str]:
        """What is searched for: stems of the words, without stop words unless there is nothing else."""
        words = list(dict.fromkeys(self._analyze("plain", question)))
        content = [word for word in words if word not in STOP_WORDS and len(word) > 1] or words
        stems = [stem for word in content[:_MOST_WORDS] for stem in self._analyze("words", word)]
        return list(dict.fromkeys(stems))

    def _document(self, passage_id: str, text: str, scope: Sequence[str]) -> tantivy.Document:
        import tantivy

        return tantivy.Document(
            passage_id=[passage_id],
            words=[text, text.partition("\n")[0]] if "\n" in text else [text],
            pairs=self._pairs(text),
            scope=list(scope),
        )

    def _pairs(self, text: str) -> list[str]:
        """The stems of each two words that stand side by side, neither a stop word, as one term each.

        A stop word between two words keeps them apart.
        """
        words, stems = self._analyze("plain", text), self._analyze("words", text)
        telling = [len(word) > 1 and word not in STOP_WORDS for word in words]
        return [
            f"{stems[place]} {stems[place + 1]}"
            for place in range(len(words) - 1)
            if telling[place] and telling[place + 1]
        ]

    def _weighed(self, name: str, terms: Sequence[str], searcher: tantivy.Searcher) -> dict[str, float]:
        """Factors that make tantivy's inverse document frequency that of Robertson and Spärck Jones.

        It is nearly zero for a word of every second passage; tantivy's is not, and such words would count.
        """
        total = searcher.num_docs
        weights = {}
        for term in terms:
            count = searcher.doc_freq(name, term)
            if count:
                odds = max(total - count + 0.5, 0.5) / (count + 0.5)
                weights[term] = max(math.log(odds), _LEAST_IDF) / math.log(1 + odds)
        return weights

    def _analyze(self, name: str, text: str) -> list[str]:
        with self._lock:
            if not self._analyzers:
                self._analyzers = _analyzers()
            return self._analyzers[name].analyze(unicodedata.normalize("NFC", text))

    def _current(self) -> tantivy.Index | None:
        try:
            status = (self._folder / "meta.json").stat()
        except FileNotFoundError:
            return None
        with self._lock:
            index = self._open()
            seen = (status.st_mtime_ns, status.st_ino)
            if seen != self._seen:
                index.reload()
                self._seen = seen
            return index

    def _open(self) -> tantivy.Index:
        if self._index is None:
            import tantivy

            make_private_folder(self._folder)
            self._index = tantivy.Index(_schema(), path=str(self._folder))
            self._index.register_tokenizer("words", _analyzers()["words"])
        return self._index

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            drop_unfinished_deletes(self._folder)
            self._writer = self._open().writer(_WRITER_BYTES, num_threads=1)
        return self._writer


def word_stems(text: str) -> list[str]:
    """The terms that the words of a text become."""
    found: list[str] = _analyzers()["words"].analyze(unicodedata.normalize("NFC", text))
    return found


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("passage_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name="words", index_option="freq")
    builder.add_text_field("pairs", tokenizer_name="raw", index_option="freq")
    builder.add_text_field("scope", tokenizer_name="raw", index_option="basic")
    return builder.build()


def _analyzers() -> dict[str, tantivy.TextAnalyzer]:
    """``plain``: words in lower case. ``words``: their stems without accents, as they are indexed."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    plain = TextAnalyzerBuilder(Tokenizer.regex(_LETTERS)).filter(Filter.lowercase())
    words = TextAnalyzerBuilder(Tokenizer.regex(_LETTERS)).filter(Filter.lowercase())
    words = words.filter(Filter.ascii_fold()).filter(Filter.stemmer("english"))
    return {"plain": plain.build(), "words": words.build()}
