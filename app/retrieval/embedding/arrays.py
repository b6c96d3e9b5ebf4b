"""Vectors as arrays, from the embedder to the store.

LangChain's ``Embeddings`` gives lists of floats, and turning 384 of them into an array and back takes longer
than comparing the vector with ten thousand others. Embedders that have arrays hand them on by ``embed_array``
and ``embed_query_array``; of others the lists are converted, once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings

if TYPE_CHECKING:
    import numpy as np


def embed_array(embeddings: Embeddings, texts: Sequence[str]) -> np.ndarray:
    """Vectors as ``embed_documents`` makes them: float32, one row a text."""
    import numpy as np

    if not texts:
        return np.empty((0, 0), np.float32)
    arrays = _array_path(embeddings, "embed_documents", "embed_array")
    made = arrays(texts) if arrays is not None else embeddings.embed_documents(list(texts))
    return np.asarray(made, np.float32)


def embed_query_array(embeddings: Embeddings, text: str) -> np.ndarray:
    """The vector as ``embed_query`` makes it: float32. Do not change it."""
    import numpy as np

    arrays = _array_path(embeddings, "embed_query", "embed_query_array")
    return np.asarray(arrays(text) if arrays is not None else embeddings.embed_query(text), np.float32)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows of length 1 (a row of zeros stays as it is).

    >>> import numpy as np
    >>> unit(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32)).round(2).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    made: np.ndarray = vectors / np.maximum(lengths, np.float32(1e-12))
    return made


def _array_path(embeddings: Embeddings, plain: str, arrays: str) -> Callable[[Any], np.ndarray] | None:
    """The method that gives arrays; none where a subclass made ``plain`` its own and not the other."""
    for kind in type(embeddings).__mro__:
        if arrays in vars(kind):
            found: Callable[[Any], np.ndarray] = getattr(embeddings, arrays)
            return found
        if plain in vars(kind):
            break
    return None
