"""all-MiniLM-L6-v2 on ONNX Runtime, carried in the project: no key, no server, no download."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, TypeVar

from langchain_core.embeddings import Embeddings

from app.errors import PinciteError
from app.process.passing import quiet_import
from app.storage.held import Held

if TYPE_CHECKING:
    import numpy as np
    import onnxruntime
    import tokenizers

MODEL_SHA256 = "76b21cfc17f6a553814b35ccbcac284b95a7bd79171ae8cab33ca513f8c83d75"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MAX_TOKENS = 256
_QUESTIONS = 16
"""Questions whose outputs are held, for all steps of their answers: 0.4 MB each at most."""

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


class ModelFileError(PinciteError, RuntimeError):
    """A carried model file is missing or is not the one this release was measured with."""

    code = "model-file"


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """``vectors``: float32 of shape (tokens, 384), each of length 1. ``words``: the word each is of."""

    words: tuple[str, ...]
    vectors: np.ndarray


@dataclass(frozen=True, slots=True)
class TokenStates:
    """A text's ``vector``, and of the same run of the model what its tokens are by themselves.

    ``states``: float32 of shape (tokens, 384). ``places``: where each token begins and ends in the text, of
    shape (tokens, 2). ``cut``: the text may go on beyond the last token.
    """

    vector: np.ndarray
    states: np.ndarray
    places: np.ndarray
    cut: bool


class MiniLMEmbeddings(Embeddings):
    """Unit vectors of 384 floats; texts beyond 256 tokens are cut.

    Texts are embedded one at a time, never in batches: dynamic int8 picks one scale for a batch, so the
    same text beside other texts would get another vector (measured cosine .995). Several threads make up
    for it. The model is loaded at first use and its hash checked then.

    Example:
        >>> vector = MiniLMEmbeddings(threads=1).embed_query("How long is the warranty?")
        >>> len(vector), round(sum(x * x for x in vector), 3)
        (384, 1.0)

    Raises:
        ModelFileError: at first use, when a carried file is missing or altered.
    """

    def __init__(self, threads: int = 0) -> None:
        self._threads = threads or os.cpu_count() or 1
        self._lock = threading.Lock()
        self._loaded: tuple[onnxruntime.InferenceSession, tokenizers.Tokenizer] | None = None
        self._asked: Held[str, tuple[tokenizers.Encoding, np.ndarray]] = Held(_QUESTIONS)

    @property
    def fingerprint(self) -> str:
        """Names the vector space: vectors of different fingerprints must not be compared."""
        return f"minilm-l6-int8-{MODEL_SHA256[:8]}-{MAX_TOKENS}"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [vector.tolist() for vector in self.embed_many(texts)]

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = _mean(self._question(text)[1]).tolist()
        return vector

    def embed_array(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors as float32 of shape (texts, 384)."""
        import numpy as np

        return np.stack(self.embed_many(texts)) if texts else np.empty((0, 384), np.float32)

    def embed_query_array(self, text: str) -> np.ndarray:
        """A vector as float32 of shape (384,)."""
        return self._embed(text)

    def embed_many(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Vectors as float32 arrays of shape (384,), in the order of ``texts``."""
        return self.each(self._embed, texts)

    def each(self, work: Callable[[_Item], _Made], items: Sequence[_Item]) -> list[_Made]:
        """``work`` done for every item, which runs the model, on the embedder's threads; in their order."""
        self._model()
        if len(items) < 2 or self._threads == 1:
            return [work(item) for item in items]
        with ThreadPoolExecutor(min(self._threads, len(items)), "embed") as pool:
            return list(pool.map(work, items))

    def tokens(self, text: str) -> TokenVectors:
        """What the model makes of each token, before the mean is taken."""
        return _tokens(text, *self._run(text))

    def question_tokens(self, text: str) -> TokenVectors:
        """``tokens`` of a question, from the same run of the model as its ``embed_query``."""
        return _tokens(text, *self._question(text))

    def _question(self, text: str) -> tuple[tokenizers.Encoding, np.ndarray]:
        return self._asked.get(text, lambda: self._run(text))

    def tokens_many(self, texts: Sequence[str]) -> list[TokenVectors]:
        """``tokens`` of several texts, in their order."""
        return self.each(self.tokens, texts)

    def states(self, text: str) -> TokenStates:
        """The vector of ``text`` and the states of its tokens, from one run of the model."""
        encoded, hidden = self._run(text)
        return _states(encoded, hidden)

    def _embed(self, text: str) -> np.ndarray:
        return _mean(self._run(text)[1])

    def _run(self, text: str) -> tuple[tokenizers.Encoding, np.ndarray]:
        import numpy as np

        session, tokenizer = self._model()
        encoded = tokenizer.encode(text)
        ids = np.array([encoded.ids], dtype=np.int64)
        inputs = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        hidden: np.ndarray = session.run(None, inputs)[0][0]
        return encoded, hidden

    def _model(self) -> tuple[onnxruntime.InferenceSession, tokenizers.Tokenizer]:
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    self._loaded = _load()
        return self._loaded


def _mean(hidden: np.ndarray) -> np.ndarray:
    import numpy as np

    mean = hidden.mean(axis=0)
    vector: np.ndarray = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
    return vector


def _tokens(text: str, encoded: tokenizers.Encoding, hidden: np.ndarray) -> TokenVectors:
    import numpy as np

    # The first and the last token only mark the ends.
    places = [(place, word) for place, word in enumerate(encoded.word_ids) if word is not None]
    rows = hidden[[place for place, _ in places]]
    vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    ends: dict[int, tuple[int, int]] = {}
    for place, word in places:
        start, end = encoded.offsets[place]
        ends[word] = (ends.get(word, (start, end))[0], end)
    words = tuple(text[slice(*ends[word])] for _, word in places)
    return TokenVectors(words, vectors.astype(np.float32))


def _states(encoded: tokenizers.Encoding, hidden: np.ndarray) -> TokenStates:
    import numpy as np

    # The first and the last token only mark the ends.
    inside = [place for place, word in enumerate(encoded.word_ids) if word is not None]
    places = np.array([encoded.offsets[place] for place in inside], np.int64).reshape(-1, 2)
    return TokenStates(_mean(hidden), hidden[inside], places, cut=len(encoded.ids) >= MAX_TOKENS)


def _load() -> tuple[onnxruntime.InferenceSession, tokenizers.Tokenizer]:
    with quiet_import():  # it is where ONNX Runtime begins to report to Microsoft
        import onnxruntime
        import tokenizers

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = _checked("model.onnx", MODEL_SHA256)
    tokenizer = tokenizers.Tokenizer.from_str(_checked("tokenizer.json", TOKENIZER_SHA256).decode())
    # The tokenizer file cuts and pads to 128 tokens, which the model does not need.
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]), tokenizer


def _checked(name: str, sha256: str) -> bytes:
    try:
        with as_file(files(__package__) / "minilm" / name) as path:
            data = path.read_bytes()
    except FileNotFoundError:
        raise ModelFileError(f"the carried model file {name} is missing; install Pincite again") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ModelFileError(f"the carried model file {name} was altered; install Pincite again")
    return data
