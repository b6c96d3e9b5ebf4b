"""What every vector store must do: inherit ``VectorStoreSuite`` in your tests and say how yours is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from app.retrieval.vectors.store import Allowed, StorePlace, VectorStore, fault_of_store

if TYPE_CHECKING:
    import numpy as np

DIMENSION = 32
COUNT = 1500


class VectorStoreSuite:
    """Every method is a test. Override ``make``; a store behind a server sets ``url`` too.

    ``tolerance``: how far a cosine may be from the true one. ``least_recall``: the share of the ten truly
    nearest that must be among the ten found, on the average.
    """

    url: ClassVar[str | None] = None
    tolerance: ClassVar[float] = 0.01
    least_recall: ClassVar[float] = 0.95

    def make(self, place: StorePlace) -> VectorStore:
        """Your store, at this place."""
        raise NotImplementedError

    def test_it_has_what_a_store_has(self) -> None:
        with self.opened() as store:
            assert (fault := fault_of_store(store)) is None, fault

    def test_an_empty_store_finds_nothing(self) -> None:
        with self.opened() as store:
            store.refresh(0, anew=True)
            assert store.nearest(vectors(1)[0], 5, allowed([], 0)).hits == []
            assert store.cosines(vectors(1)[0], [1, 2]) == {}
            assert store.numbers() == set()
            assert store.numbers([1]) == set()

    def test_the_nearest_come_first_with_their_cosines(self) -> None:
        made = vectors(COUNT)
        with self.filled(made) as store:
            shares = []
            for asked in vectors(20, seed=1):
                true = made @ asked
                hits, mean = store.nearest(asked, 10, allowed(range(1, COUNT + 1), COUNT))
                assert len(hits) == 10
                found = [cosine for _, cosine in hits]
                assert found == sorted(found, reverse=True), "not best first"
                for number, cosine in hits:
                    assert abs(cosine - float(true[number - 1])) <= self.tolerance, "a wrong cosine"
                if mean is not None:
                    assert abs(mean - float(true.mean())) <= self.tolerance, "a wrong mean"
                best = {int(place) + 1 for place in (-true).argsort()[:10]}
                shares.append(len(best & {number for number, _ in hits}) / 10)
            assert sum(shares) / len(shares) >= self.least_recall, f"recall {sum(shares) / len(shares)}"

    def test_nobody_finds_what_is_not_allowed_and_everybody_what_is(self) -> None:
        """However few may be found, and however far they are from the question."""
        made = vectors(COUNT)
        with self.filled(made) as store:
            for step, k in ((1, 10), (2, 10), (2, 400), (2, COUNT), (7, 10), (100, 10), (COUNT, 10)):
                numbers = list(range(1, COUNT + 1, step))
                for asked in vectors(5, seed=2):
                    hits, _ = store.nearest(asked, k, allowed(numbers, COUNT))
                    found = [number for number, _ in hits]
                    assert set(found) <= set(numbers), "what is not allowed was found"
                    assert len(found) == len(set(found)) == min(k, len(numbers)), "what is allowed was not"
            asked, far = made[0], int((made @ made[0]).argmin()) + 1
            assert [number for number, _ in store.nearest(asked, 10, allowed([far], COUNT)).hits] == [far]
            assert store.nearest(asked, 0, allowed([far], COUNT)).hits == []
            assert store.nearest(asked, 10, allowed([], COUNT)).hits == []

    def test_cosines_of_named_passages_and_none_of_others(self) -> None:
        made = vectors(20)
        with self.filled(made) as store:
            found = store.cosines(made[2], [3, 3, 9, 99])
            assert set(found) == {3, 9}
            assert abs(found[3] - 1.0) <= self.tolerance
            assert abs(found[9] - float(made[8] @ made[2])) <= self.tolerance

    def test_a_vector_of_zeros_is_near_nothing(self) -> None:
        made = vectors(3)
        made[1] = 0
        with self.filled(made) as store:
            hits, _ = store.nearest(made[0], 3, allowed([1, 2, 3], 3))
            assert {number for number, _ in hits} == {1, 2, 3}
            assert abs(dict(hits)[2]) <= self.tolerance

    def test_what_was_deleted_is_gone_and_deleting_is_forgiving(self) -> None:
        made = vectors(20)
        with self.filled(made) as store:
            store.delete([3, 4, 99])
            store.delete([3])
            left = set(range(1, 21)) - {3, 4}
            store.refresh(20, anew=False)
            assert store.numbers() == left
            assert store.numbers([2, 3, 99]) == {2}
            assert store.cosines(made[2], [2, 3]).keys() == {2}
            hits, _ = store.nearest(made[2], 20, allowed(sorted(left), 18))
            assert {number for number, _ in hits} == left

    def test_numbers_may_have_gaps_and_are_added_in_parts(self) -> None:
        made = vectors(9)
        with self.opened() as store:
            store.refresh(0, anew=True)
            store.upsert([2, 5, 6], made[:3])
            store.upsert(range(10, 13), made[3:6])
            store.upsert([40], made[6:7])
            store.refresh(40, anew=False)
            assert store.numbers() == {2, 5, 6, 10, 11, 12, 40}
            for number, vector in zip((2, 5, 6, 10, 11, 12, 40), made[:7], strict=True):
                ((found, _),) = store.nearest(vector, 1, allowed([2, 5, 6, 10, 11, 12, 40], 7)).hits
                assert found == number

    def test_what_a_killed_writer_left_is_replaced(self) -> None:
        made, others = vectors(5), vectors(5, seed=3)
        with self.place() as place:
            with self.at(place) as killed:
                killed.refresh(0, anew=True)
                killed.upsert([1, 2], made[:2])
                killed.refresh(2, anew=False)
                killed.upsert([3, 4, 5], others[:3])  # never committed: 2 stays the last number
            with self.at(place) as store:
                store.refresh(2, anew=True)
                hits, _ = store.nearest(others[0], 5, allowed([1, 2], 2))
                assert {number for number, _ in hits} == {1, 2}
                store.upsert([3, 4], made[2:4])
                store.delete([5])
                store.refresh(4, anew=False)
                assert store.numbers() == {1, 2, 3, 4}
                assert abs(store.cosines(made[2], [3])[3] - 1.0) <= self.tolerance
                assert store.nearest(made[3], 1, allowed([1, 2, 3, 4], 4)).hits[0][0] == 4

    def test_everything_may_be_written_anew(self) -> None:
        """A store that was interrupted at it before, or lost a part of its vectors, ends up whole."""
        made, others = vectors(9), vectors(9, seed=4)
        with self.filled(others) as store:
            store.refresh(9, anew=True)
            store.upsert([1, 2, 3, 4], made[:4])
            store.upsert([5, 8, 9], made[4:7])
            store.refresh(9, anew=False)
            store.delete(sorted(store.numbers() - {1, 2, 3, 4, 5, 8, 9}))
            assert store.numbers() == {1, 2, 3, 4, 5, 8, 9}
            for number, vector in zip((1, 2, 3, 4, 5, 8, 9), made, strict=False):
                assert abs(store.cosines(vector, [number])[number] - 1.0) <= self.tolerance

    def test_vectors_outlive_the_process_that_wrote_them(self) -> None:
        made = vectors(20)
        with self.place() as place:
            with self.at(place) as writer:
                writer.refresh(0, anew=True)
                writer.upsert(range(1, 21), made)
                writer.end_writing()
            with self.at(place) as reader:
                reader.refresh(20, anew=True)
                assert reader.numbers() == set(range(1, 21))
                assert reader.nearest(made[7], 1, allowed(range(1, 21), 20)).hits[0][0] == 8
                reader.close()
                assert reader.nearest(made[7], 1, allowed(range(1, 21), 20)).hits[0][0] == 8

    def test_an_open_reader_sees_what_another_wrote_once_it_is_told(self) -> None:
        made = vectors(20)
        with self.place() as place, self.at(place) as reader, self.at(place) as writer:
            for first, last in ((0, 10), (10, 20)):
                writer.refresh(first, anew=True)
                writer.upsert(range(first + 1, last + 1), made[first:last])
                writer.end_writing()
                reader.refresh(last, anew=True)
                hits = reader.nearest(made[last - 1], 1, allowed(range(1, last + 1), last)).hits
                assert [number for number, _ in hits] == [last]
            writer.delete([20])
            reader.refresh(19, anew=True)
            assert reader.numbers() == set(range(1, 20))

    def test_indexes_and_vector_spaces_share_nothing(self) -> None:
        made = vectors(3)
        with self.place("one") as one, self.place("two") as two, self.at(one) as first:
            first.refresh(0, anew=True)
            first.upsert([1, 2, 3], made)
            with self.at(two) as second:
                second.refresh(3, anew=True)
                assert second.numbers() == set()
            other = StorePlace(one.folder, "another", one.url, one.index)
            with self.at(other) as space:
                space.refresh(3, anew=True)
                assert space.numbers() == set()

    def test_threads_ask_while_one_writes(self) -> None:
        made = vectors(120)
        with self.filled(made[:60]) as store, ThreadPoolExecutor(4) as pool:

            def ask(number: int) -> int:
                return store.nearest(made[number - 1], 1, allowed(range(1, 61), 60)).hits[0][0]

            asked = [pool.submit(ask, number) for number in list(range(1, 61)) * 2]
            for first in range(61, 121, 20):
                store.upsert(range(first, first + 20), made[first - 1 : first + 19])
            assert [one.result() for one in asked] == list(range(1, 61)) * 2

    @contextmanager
    def filled(self, made: np.ndarray) -> Iterator[VectorStore]:
        """A new store with these vectors, numbered from 1."""
        with self.opened() as store:
            store.refresh(0, anew=True)
            store.upsert(range(1, len(made) + 1), made)
            store.refresh(len(made), anew=False)
            yield store

    @contextmanager
    def opened(self) -> Iterator[VectorStore]:
        """A new store."""
        with self.place() as place, self.at(place) as store:
            yield store

    @contextmanager
    def at(self, place: StorePlace) -> Iterator[VectorStore]:
        """The store at a place, as a process of its own would open it."""
        store = self.make(place)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def place(self, name: str = "one") -> Iterator[StorePlace]:
        """A place where no store was before."""
        index = f"{name}-{uuid4().hex}"
        with TemporaryDirectory(prefix="pincite-suite-", ignore_cleanup_errors=True) as folder:
            yield StorePlace(Path(folder) / "store", "space", self.url, lambda: index)


def vectors(count: int, seed: int = 0) -> np.ndarray:
    """Unit vectors of float32, in clusters as those of real passages are."""
    import numpy as np

    centres = np.random.default_rng(7).standard_normal((12, DIMENSION))
    random = np.random.default_rng(seed)
    made = centres[random.integers(0, len(centres), count)] + random.standard_normal((count, DIMENSION))
    unit: np.ndarray = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return unit


def allowed(numbers: Sequence[int], total: int) -> Allowed:
    """These numbers, of so many passages."""
    import numpy as np

    mask = np.zeros(max(numbers, default=0) + 1, np.bool_)
    mask[list(numbers)] = True
    return Allowed(mask, len(numbers), total)
