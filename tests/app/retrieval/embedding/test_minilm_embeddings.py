"""The carried embedding model."""

from __future__ import annotations

import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from app.retrieval.embedding import minilm_embeddings
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings, ModelFileError
from tests.support.warm_model import load_anew

CARRIED = Path(minilm_embeddings.__file__).parent / "minilm"
TEXTS = ["How long is the warranty?", "", "☕ 東京 Köln", "a " * 3000, "battery", "\n", "The battery lasts."]


@pytest.fixture(scope="module")
def model() -> MiniLMEmbeddings:
    return MiniLMEmbeddings()


def test_vectors_have_length_one_and_384_numbers_for_any_text(model: MiniLMEmbeddings) -> None:
    vectors = np.array(model.embed_documents(TEXTS))
    assert vectors.shape == (len(TEXTS), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_a_text_has_one_vector_alone_among_others_and_as_a_question(model: MiniLMEmbeddings) -> None:
    together = model.embed_documents(TEXTS)
    backwards = model.embed_documents(TEXTS[::-1])[::-1]
    assert together == backwards == [model.embed_query(text) for text in TEXTS]
    assert MiniLMEmbeddings(threads=1).embed_documents(TEXTS) == together


def test_threads_that_share_the_model_get_the_same_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    load_anew(monkeypatch)
    fresh = MiniLMEmbeddings(threads=2)  # the model is loaded by whichever thread comes first
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(fresh.embed_query, TEXTS * 4))
    assert found == [MiniLMEmbeddings(threads=1).embed_query(text) for text in TEXTS] * 4


def test_meaning_is_near_meaning(model: MiniLMEmbeddings) -> None:
    asked, near, far = np.array(model.embed_documents(["notebook computer", "a laptop", "a recipe for soup"]))
    assert asked @ near > 0.6 > 0.4 > asked @ far


def test_words_after_the_256th_token_do_not_count(model: MiniLMEmbeddings) -> None:
    full = "word " * 254  # and two tokens that stand for beginning and end
    assert model.embed_query(full) == model.embed_query(full + "something else entirely")
    assert model.embed_query("word " * 253) != model.embed_query("word " * 253 + "else")


def test_the_fingerprint_names_model_and_length(model: MiniLMEmbeddings) -> None:
    assert model.fingerprint == f"minilm-l6-int8-{minilm_embeddings.MODEL_SHA256[:8]}-256"


def test_it_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("connected"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: pytest.fail("looked a name up"))
    MiniLMEmbeddings().embed_query("ready")


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("damage", ["altered", "missing"])
def test_a_damaged_model_is_never_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, damage: str
) -> None:
    copy = Path(shutil.copytree(CARRIED, tmp_path / "minilm"))
    monkeypatch.setattr(minilm_embeddings, "files", lambda _package: tmp_path)
    load_anew(monkeypatch)
    MiniLMEmbeddings().embed_query("the copy is used, and it is good")
    if damage == "missing":
        (copy / name).unlink()
    else:
        with (copy / name).open("r+b") as file:
            file.seek(1000)
            file.write(b"\0\0\0\0\0\0\0\0")
    broken = MiniLMEmbeddings()
    for _ in range(2):  # a first failure must not leave half a model behind
        with pytest.raises(ModelFileError, match=rf"{name} (was altered|is missing); install Pincite again"):
            broken.embed_query("anything")
