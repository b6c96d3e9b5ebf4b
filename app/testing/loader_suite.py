"""What every loader must do: inherit ``LoaderSuite`` in your tests, give it your loader and some files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from app.ingestion.errors import LoadError
from app.ingestion.load.limits import LoadLimits
from app.ingestion.load.loader import Loader, fault_of
from app.ingestion.split import split
from app.registry.document import LoadedDocument


@dataclass(frozen=True, slots=True)
class Sample:
    """A good file, and words that its document must hold."""

    name: str
    data: bytes
    holds: str


class LoaderSuite:
    """Set ``loader`` and ``samples``; every method is a test."""

    loader: ClassVar[Loader]
    samples: ClassVar[Sequence[Sample]]

    def test_it_names_what_it_reads(self) -> None:
        suffixes = self.loader.suffixes
        assert suffixes, "it names no suffix"
        for suffix in suffixes:
            assert suffix.startswith("."), f"{suffix!r} has no dot"
            assert suffix == suffix.lower(), f"{suffix!r} is not in lower case"
        assert all("/" in kind for kind in self.loader.media_types), "a media type has no /"

    def test_a_file_becomes_a_proper_document(self) -> None:
        assert self.samples, "the suite needs a sample"
        for sample in self.samples:
            document = self._load(sample)
            assert (fault := fault_of(document)) is None, f"{sample.name}: {fault}"
            assert sample.holds in document.text, f"{sample.name}: the words are not in the text"

    def test_the_words_lie_in_a_block(self) -> None:
        """Only what lies in a block is found and cited."""
        for sample in self.samples:
            document = self._load(sample)
            held = [document.text[block.start : block.end] for block in document.blocks]
            assert any(sample.holds in words for words in held), f"{sample.name}: the words are in no block"

    def test_passages_can_be_cut_and_hold_the_words(self) -> None:
        for sample in self.samples:
            document = self._load(sample)
            spans = split(document, target_chars=1000, max_chars=1400)
            texts = [document.text[span.start : span.end] for span in spans]
            assert any(sample.holds in text for text in texts), f"{sample.name}: no passage has the words"

    def test_the_same_file_gives_the_same_document(self) -> None:
        for sample in self.samples:
            assert self._load(sample) == self._load(sample), f"{sample.name} reads differently each time"

    def test_a_damaged_file_is_read_or_refused(self) -> None:
        for sample in self.samples:
            for damaged in _damaged(sample.data):
                try:
                    document = self.loader.load(sample.name, damaged, LoadLimits())
                except LoadError:
                    continue
                fault = fault_of(document)
                assert fault is None or not document.text, f"{sample.name}, damaged: {fault}"

    def _load(self, sample: Sample) -> LoadedDocument:
        return self.loader.load(sample.name, sample.data, LoadLimits())


def _damaged(data: bytes) -> Iterator[bytes]:
    yield data[: len(data) // 2]
    yield data[1:]
    yield b"\x00\xff" * 64
    yield data + b"\xc3\x28" * 8
