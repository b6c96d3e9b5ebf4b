"""Vectors of windows, made of their passage's own tokens in the run of the model that embeds the passage."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.registry.document import embedded_text
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.retrieval.embedding.stored_vectors import StoredVectors, keep_only
from app.retrieval.embedding.token_store import quantised
from app.retrieval.ranking.windows import WINDOW_CHARS, windows
from app.storage.cache_file import open_cache
from app.storage.cache_rows import VECTORS, forget_rows, in_parts, read_rows, write_rows
from graphs.text.version import TEXT_VERSION

if TYPE_CHECKING:
    import numpy as np

_log = logging.getLogger(__name__)

_AT_LEAST = 10_000
_IN_MEMORY = 1000
"""Passages whose windows are held in memory, some 3 kB each."""
_SIZE = 384

RUNS_AT_FIRST = 2
"""Runs of the model a passage gets when it is embedded: the second for what the first cut off. What is left
then (code, tables, scripts of many tokens a word) is done when the passage first comes near an answer."""


@dataclass(frozen=True, slots=True)
class WindowedText:
    """The words of a passage below its headings."""

    headings: tuple[str, ...]
    text: str

    @property
    def whole(self) -> str:
        """What the passage is embedded by."""
        return embedded_text(self.headings, self.text)


@dataclass(slots=True)
class PassageWindows:
    """Offsets of a passage's windows, and the codes (int8, one row a window) of the first of them so far.

    A passage of a single window has none: its own vector says it all.
    """

    spans: list[tuple[int, int]]
    codes: list[np.ndarray] = field(default_factory=list)

    @property
    def finished(self) -> bool:
        return len(self.codes) == len(self.spans)

    def cosines(self, asked: np.ndarray) -> list[float]:
        """Of each window with a unit vector."""
        import numpy as np

        if not self.spans:
            return []
        rows = np.stack(self.codes).astype(np.float32)
        found: list[float] = (rows @ asked / np.maximum(np.linalg.norm(rows, axis=1), 1.0)).tolist()
        return found

    def to_bytes(self) -> bytes:
        import numpy as np

        head = np.array([len(self.spans), *(place for span in self.spans for place in span)], "<i4")
        return b"".join([head.tobytes(), *(row.tobytes() for row in self.codes)])

    @classmethod
    def from_bytes(cls, data: bytes) -> PassageWindows:
        import numpy as np

        count = int(np.frombuffer(data, "<i4", 1)[0])
        places = np.frombuffer(data, "<i4", 2 * count, 4).reshape(-1, 2).tolist()
        codes = np.frombuffer(data, np.int8, offset=4 + 8 * count).reshape(-1, _SIZE)
        return cls([(start, end) for start, end in places], list(codes))


class WindowVectors:
    """Windows of passages in a file, by the passage's words, headings and vector space; safe for threads.

    A window's vector is the mean of the passage's token states in it and in the headings ("late chunking",
    Günther et al., 2024): it knows what stands around it, and costs no run of the model of its own. It is
    kept as int8 (cosine with the unrounded one above .999), 0.4 kB a window.
    """

    def __init__(self, encoder: MiniLMEmbeddings, passages: StoredVectors, file: Path) -> None:
        """``passages`` keeps the vectors of whole passages, which the same runs give."""
        self._encoder = encoder
        self._passages = passages
        self._file = file
        self._lock = threading.Lock()
        self._recent: OrderedDict[bytes, PassageWindows] = OrderedDict()

    def make(self, texts: Iterable[WindowedText]) -> None:
        """Make and keep what is not there: the windows of passages, and the passages' own vectors.

        A file that cannot be written is logged: then they are made when they are needed.
        """
        keyed = {self._key(text): text for text in texts}
        try:
            with open_cache(self._file, VECTORS) as connection:
                for some in in_parts(list(keyed)):
                    there = read_rows(connection, some)
                    new = [key for key in some if key not in there]
                    made = self._encoder.each(self._first, [keyed[key] for key in new])
                    if made:
                        self._keep_passages([keyed[key] for key in new], [vector for vector, _ in made])
                    rows = [(key, one.to_bytes()) for key, (_, one) in zip(new, made, strict=True)]
                    write_rows(connection, rows)
        except (sqlite3.Error, OSError) as error:
            _log.warning("vectors of windows are not kept: %s: %s", self._file, error, exc_info=error)

    def of(self, texts: Sequence[WindowedText]) -> list[PassageWindows]:
        """The windows of each passage, all with their codes; what is not there is made, and kept."""
        keyed = {self._key(text): text for text in texts}
        with self._lock:
            found = {key: self._recent[key] for key in keyed if key in self._recent}
        if new := {key: text for key, text in keyed.items() if key not in found}:
            found |= self._read_or_make(new)
        with self._lock:
            for key in keyed:
                self._recent[key] = found[key]
                self._recent.move_to_end(key)
            while len(self._recent) > _IN_MEMORY:
                self._recent.popitem(last=False)
        return [found[self._key(text)] for text in texts]

    def keep(self, count: int) -> None:
        """Forget all but those of the newest ``count`` passages (and never fewer than 10,000)."""
        if not self._file.exists():
            return
        with open_cache(self._file, VECTORS) as connection:
            forget_rows(connection, max(count, _AT_LEAST))

    def keep_only(self, texts: Iterable[WindowedText]) -> int:
        """Forget the windows of all other passages, for good; returns of how many.

        Raises:
            sqlite3.Error: the file is damaged.
        """
        with self._lock:
            self._recent.clear()
        return keep_only(self._file, map(self._key, texts))

    def _key(self, text: WindowedText) -> bytes:
        space = f"{self._encoder.fingerprint}\0{TEXT_VERSION}\0{WINDOW_CHARS}"
        # The headings apart: the same words elsewhere may be the passage's own.
        return hashlib.sha256("\0".join([space, " › ".join(text.headings), text.text]).encode()).digest()

    def _read_or_make(self, texts: dict[bytes, WindowedText]) -> dict[bytes, PassageWindows]:
        try:
            with open_cache(self._file, VECTORS) as connection:
                rows = read_rows(connection, list(texts))
                found = {key: PassageWindows.from_bytes(data) for key, data in rows.items()}
                if new := self._finish(texts, found):
                    write_rows(connection, [(key, found[key].to_bytes()) for key in new])
        except (sqlite3.Error, OSError) as error:
            _log.warning("vectors of windows are not kept: %s: %s", self._file, error, exc_info=error)
            found = {}
            self._finish(texts, found)
        return found

    def _keep_passages(self, texts: Sequence[WindowedText], vectors: Sequence[np.ndarray]) -> None:
        import numpy as np

        self._passages.keep_made([text.whole for text in texts], np.stack(vectors))

    def _first(self, text: WindowedText) -> tuple[np.ndarray, PassageWindows]:
        """The passage's own vector, and its windows as far as a few runs reach."""
        cut = windows(text.text)
        found = PassageWindows(cut if len(cut) > 1 else [])
        return self._run(text, found), self._rest(text, found, RUNS_AT_FIRST - 1)

    def _finish(self, texts: dict[bytes, WindowedText], found: dict[bytes, PassageWindows]) -> list[bytes]:
        """Make what ``found`` lacks; which keys these are."""
        new = [key for key in texts if key not in found or not found[key].finished]
        for key in new:
            if key not in found:
                cut = windows(texts[key].text)
                found[key] = PassageWindows(cut if len(cut) > 1 else [])
        self._encoder.each(lambda key: self._rest(texts[key], found[key], len(found[key].spans)), new)
        return new

    def _rest(self, text: WindowedText, found: PassageWindows, runs: int) -> PassageWindows:
        for _ in range(runs):
            if found.finished:
                break
            self._run(text, found)
        return found

    def _run(self, text: WindowedText, found: PassageWindows) -> np.ndarray:
        """One run of the model, from the first window without codes to where it cuts the text off.

        Gives each window that is wholly in it its codes, and the first one in any case. Returns the vector of
        what the model read.
        """
        import numpy as np

        ready = len(found.codes)
        begin = found.spans[ready][0] if ready else 0
        read = WindowedText(text.headings, text.text[begin:]).whole
        run = self._encoder.states(read)
        # From here on places count in the passage; the headings stand before ``begin``.
        places = run.places + (begin - (len(read) - len(text.text[begin:])))
        above = places[:, 1] <= begin
        seen = int(places[-1, 1]) if len(places) else 0
        for start, end in found.spans[ready:]:
            if run.cut and end > seen and len(found.codes) > ready:
                break
            inside = run.states[above | ((places[:, 0] < end) & (places[:, 1] > start))]
            mean = inside.mean(axis=0) if len(inside) else np.zeros(_SIZE, np.float32)
            found.codes.append(quantised(mean[None])[0])
        return run.vector
