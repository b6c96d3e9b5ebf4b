"""What every index of words must do: inherit ``WordIndexSuite`` in your tests and say how yours is opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from app.retrieval.scope import make_scope, scope_terms
from app.retrieval.word_index import WordIndex

EVERYONE = make_scope()
OPEN = scope_terms(["everyone"], {})
TEXTS = {
    "red": "Lighthouses\nThe red lighthouse stands on the rock.",
    "blue": "Lighthouses\nThe blue lighthouse was sold twice.",
    "soup": "Kitchen\nSoup is served at noon.",
}


class WordIndexSuite:
    """Every method is a test. Override ``open``; opening the same folder again gives the same index."""

    def open(self, folder: Path) -> WordIndex:
        """Your index, in this folder, which may not be there yet."""
        raise NotImplementedError

    def test_an_empty_index_finds_nothing(self) -> None:
        with TemporaryDirectory() as folder:
            index = self.open(Path(folder) / "words")
            assert index.search("lighthouse", 5, EVERYONE) == []
            assert index.count() == 0
            assert index.document_frequencies(["lighthouse"]) == ({"lighthouse": 0}, 0)

    def test_the_best_come_first_and_no_more_than_asked_for(self) -> None:
        with self.filled() as index:
            hits = index.search("Which lighthouse is red?", 5, EVERYONE)
            assert [hit.passage_id for hit in hits] == ["red", "blue"]
            assert hits[0].bm25 > hits[1].bm25 > 0
            assert [hit.passage_id for hit in index.search("red lighthouse", 1, EVERYONE)] == ["red"]
            assert index.search("zebra", 5, EVERYONE) == []

    def test_any_question_may_be_asked(self) -> None:
        """No characters are commands, and none ends in an error."""
        with self.filled() as index:
            for question in ("", " ", "?", '"', "red AND (", "red:*~^ -soup", "the", "\u0000", "x" * 5000):
                index.search(question, 5, EVERYONE)
            assert index.search('(red" OR -soup:*', 5, EVERYONE), "words among signs are words"

    def test_headings_are_searched_too(self) -> None:
        with self.filled() as index:
            assert [hit.passage_id for hit in index.search("kitchen", 5, EVERYONE)] == ["soup"]

    def test_who_may_not_read_a_passage_does_not_find_it(self) -> None:
        scopes = [
            scope_terms(["hr"], {"version": ["2"]}),
            scope_terms(["hr", "board"], {"version": ["3"]}),
            OPEN,
        ]
        with self.filled(scopes) as index:

            def found(groups: Sequence[str], **filters: object) -> set[str]:
                hits = index.search("lighthouse soup", 5, make_scope(groups, filters))
                return {hit.passage_id for hit in hits}

            assert found([]) == {"soup"}
            assert found(["hr"]) == {"red", "blue", "soup"}
            assert found(["board"]) == {"blue", "soup"}
            assert found(["h", "hr2", "HR"]) == {"soup"}
            assert found(["hr"], version="2") == {"red"}
            assert found(["hr"], version=["2", "3"]) == {"red", "blue"}
            assert found(["board"], version="2") == set()
            assert found(["hr"], version="2", other="x") == set()

    def test_a_word_is_lacking_where_the_asker_may_read_no_passage_with_it(self) -> None:
        with self.filled([scope_terms(["hr"], {}), OPEN, OPEN]) as index:
            assert index.lacks("zebra", EVERYONE)
            assert not index.lacks("lighthouse", EVERYONE)
            assert index.lacks("red", EVERYONE), "only hr may read that there is a red one"
            assert not index.lacks("red", make_scope(["hr"]))

    def test_a_word_an_edit_away_is_looked_for_in_scope(self) -> None:
        with self.filled([scope_terms(["hr"], {}), OPEN, OPEN]) as index:
            assert set(index.like("lightouse", 5, EVERYONE)) <= {"blue"}
            assert index.like("", 5, EVERYONE) == []

    def test_the_scope_is_no_matter_of_the_score(self) -> None:
        scopes = [scope_terms(["everyone", "hr"], {"version": ["2"]}), OPEN, OPEN]
        with self.filled(scopes) as index:
            plain = index.search("red lighthouse", 1, EVERYONE)
            assert index.search("red lighthouse", 1, make_scope(["hr"], {"version": "2"})) == plain

    def test_a_passage_that_comes_again_is_replaced_and_takes_its_new_scope(self) -> None:
        with self.filled() as index:
            index.add(["red"], ["Kites\nThe kite is green."], [scope_terms(["hr"], {})])
            assert index.count() == 3
            assert index.search("red", 5, make_scope(["hr"])) == []
            assert index.search("kite", 5, EVERYONE) == []
            assert [hit.passage_id for hit in index.search("kite", 5, make_scope(["hr"]))] == ["red"]

    def test_deleting_takes_a_passage_away_and_is_forgiving(self) -> None:
        with self.filled() as index:
            index.delete(["red", "never there"])
            index.delete(["red"])
            assert index.count() == 2
            assert [hit.passage_id for hit in index.search("lighthouse", 5, EVERYONE)] == ["blue"]

    def test_frequencies_count_passages_by_the_words_in_any_form(self) -> None:
        with self.filled() as index:
            counts, total = index.document_frequencies(["lighthouse", "Lighthouse", "zebra"])
            assert (counts["lighthouse"], counts["Lighthouse"], counts["zebra"], total) == (2, 2, 0, 3)

    def test_a_reader_sees_what_another_committed(self) -> None:
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            reader, writer = self.open(Path(folder) / "words"), self.open(Path(folder) / "words")
            assert reader.search("kite", 5, EVERYONE) == []
            for number in range(3):
                writer.add([str(number)], [f"The kite {number} flies."], [OPEN])
                assert len(reader.search("kite", 5, EVERYONE)) == number + 1
            writer.delete(["1"])
            assert {hit.passage_id for hit in reader.search("kite", 5, EVERYONE)} == {"0", "2"}
            writer.end_writing()

    def test_words_outlive_a_writer_that_never_ended(self) -> None:
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            writer = self.open(Path(folder) / "words")
            writer.add(list(TEXTS), list(TEXTS.values()), [OPEN] * len(TEXTS))
            reader = self.open(Path(folder) / "words")
            assert [hit.passage_id for hit in reader.search("soup", 5, EVERYONE)] == ["soup"]
            assert reader.count() == len(TEXTS)
            writer.end_writing()

    def test_another_may_write_once_one_has_ended(self) -> None:
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            for number in range(2):
                writer = self.open(Path(folder) / "words")
                writer.add([str(number)], [f"The kite {number} flies."], [OPEN])
                writer.end_writing()
                writer.end_writing()
            assert self.open(Path(folder) / "words").count() == 2

    def test_threads_may_ask_at_the_same_time(self) -> None:
        with self.filled() as index, ThreadPoolExecutor(4) as pool:
            asked = ["red lighthouse", "soup", "zebra", "blue"] * 8
            found = list(pool.map(lambda words: index.search(words, 5, EVERYONE), asked))
            assert found == [index.search(words, 5, EVERYONE) for words in asked]

    @contextmanager
    def filled(self, scopes: Sequence[Sequence[str]] = (OPEN, OPEN, OPEN)) -> Iterator[WordIndex]:
        """A new index of ``TEXTS``."""
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            index = self.open(Path(folder) / "words")
            index.add(list(TEXTS), list(TEXTS.values()), scopes)
            try:
                yield index
            finally:
                index.end_writing()
