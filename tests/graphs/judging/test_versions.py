"""A stored version is read once a draft, and anew for the next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.testing.scripted_chat import Fixed
from graphs.judging.versions import CitedVersions
from graphs.parts import Parts, Rectangle


@dataclass(frozen=True)
class Version:
    text: str

    def page_at(self, offset: int) -> int | None:
        return 1 + offset // 10

    def rects_at(self, start: int, end: int) -> list[Rectangle]:
        return [(1, 0.0, 0.0, float(start), float(end))]


def test_text_page_and_rectangles_come_of_one_read() -> None:
    store = {("guide", "v1"): Version("Keep the box.")}
    asked: list[tuple[str, str]] = []

    def read(doc_id: str, version: str) -> Version | None:
        asked.append((doc_id, version))
        return store.get((doc_id, version))

    parts = Parts(retriever=Fixed(documents=[]), read_version=read)
    versions = CitedVersions(parts)
    for _ in range(2):
        assert versions.text("guide", "v1") == "Keep the box."
        assert versions.page_at("guide", "v1", 12) == 2
        assert versions.rects_at("guide", "v1", 3, 5) == [(1, 0.0, 0.0, 3.0, 5.0)]
        assert versions.text("nobody", "v1") is None
        assert (versions.page_at("nobody", "v1", 0), versions.rects_at("nobody", "v1", 0, 1)) == (None, [])
    assert asked == [("guide", "v1"), ("nobody", "v1")]
    store.clear()
    assert CitedVersions(parts).text("guide", "v1") is None


def test_each_of_the_three_callables_may_be_given_alone() -> None:
    bare = CitedVersions(Parts(retriever=Fixed(documents=[])))
    assert (bare.readable, bare.text("guide", "v1")) == (False, None)
    assert (bare.page_at("guide", "v1", 0), bare.rects_at("guide", "v1", 0, 1)) == (None, [])
    asked: list[str] = []

    def stored_text(doc_id: str, _version: str) -> str:
        asked.append(doc_id)
        return "Keep the box."

    texts = CitedVersions(Parts(retriever=Fixed(documents=[]), stored_text=stored_text))
    assert texts.readable
    assert [texts.text("guide", "v1") for _ in range(3)] == ["Keep the box."] * 3
    assert asked == ["guide"]
    pages = CitedVersions(Parts(retriever=Fixed(documents=[]), page_at=lambda *_: 7))
    assert pages.page_at("guide", "v1", 0) == 7


def test_what_is_read_ahead_is_not_read_again_and_what_is_not_there_is_known_too() -> None:
    asked: list[object] = []

    def several(keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Version]:
        asked.append(sorted(keys))
        return {("a", "1"): Version("Taxis are paid.")}

    def one(doc_id: str, version: str) -> Version | None:
        asked.append((doc_id, version))
        return None

    parts = Parts(retriever=Fixed(documents=[]), read_version=one, read_versions=several)
    versions = CitedVersions(parts)
    versions.read_ahead([("a", "1"), ("b", "2"), ("a", "1")])
    assert versions.text("a", "1") == "Taxis are paid."
    assert versions.text("b", "2") is None
    assert versions.text("c", "3") is None
    assert asked == [[("a", "1"), ("b", "2")], ("c", "3")]
