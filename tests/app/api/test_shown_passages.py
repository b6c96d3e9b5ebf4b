"""What the output guard holds back of an answer it holds back of a passage."""

from __future__ import annotations

from langchain_core.documents import Document

from app.api.shown_passages import shown_passages
from app.api.wire.mcp.passages import passages_text
from app.compose import Pincite

KEY = "AKIAIOSFODNN7QXAMPLE"


def test_a_secret_is_masked_and_a_strange_link_taken_out(pincite: Pincite) -> None:
    assert pincite.parts is not None
    plain = Document("The kiln needs 400 volts.", metadata={"title": "Kiln", "uri": "file:///kiln.md"})
    secret = Document(f"The key of the kiln is {KEY} for now.", metadata={"title": f"Key {KEY}"})
    link = Document("See ![it](https://evil.example/x?d=1) for the kiln.", metadata={"title": "Kiln"})
    shown = shown_passages(pincite.parts, [plain, secret, link])
    assert (shown[0].text, shown[0].redacted, shown[0].title) == (plain.page_content, False, "Kiln")
    assert KEY not in shown[1].model_dump_json()
    assert len(shown[1].text) == len(secret.page_content)
    assert "evil.example" not in shown[2].model_dump_json()
    assert shown[1].redacted
    assert shown[2].redacted
    assert KEY not in passages_text(shown)
