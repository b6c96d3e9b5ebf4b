"""Remember the vectors of texts that come again: the sentences of passages that are often retrieved."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings

from app.retrieval.embedding.arrays import embed_array, embed_query_array, unit

if TYPE_CHECKING:
    import numpy as np


class EmbeddingCache:
    """The last ``size`` vectors, in memory, safe for threads (384 floats each: 1.5 kB)."""

    def __init__(self, embeddings: Embeddings, size: int = 20_000) -> None:
        self._embeddings = embeddings
        self._size = size
        self._lock = threading.Lock()
        self._vectors: OrderedDict[tuple[str, str], np.ndarray] = OrderedDict()

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors, one row a text."""
        return self._of(texts, lambda new: embed_array(self._embeddings, new), "")

    def question(self, text: str) -> np.ndarray:
        """The unit vector of a question, as the embedder makes it for questions."""
        row: np.ndarray = self._of(
            [text], lambda new: embed_query_array(self._embeddings, new[0])[None], "question"
        )[0]
        return row

    def _of(self, texts: Sequence[str], embed: Callable[[list[str]], np.ndarray], kind: str) -> np.ndarray:
        import numpy as np

        with self._lock:
            known = {text: self._vectors[kind, text] for text in texts if (kind, text) in self._vectors}
        new = list(dict.fromkeys(text for text in texts if text not in known))
        if new:
            known.update(zip(new, unit(embed(new)), strict=True))
        with self._lock:
            for text, array in known.items():
                self._vectors[kind, text] = array
                self._vectors.move_to_end((kind, text))
            while len(self._vectors) > self._size:
                self._vectors.popitem(last=False)
        return np.stack([known[text] for text in texts]) if texts else np.zeros((0, 0), np.float32)
