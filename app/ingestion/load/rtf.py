"""Rich Text Format: its words, with paragraphs and clear headings as in plain text."""

from __future__ import annotations

from app.ingestion.errors import LoadError
from app.ingestion.load.hidden import HiddenWords
from app.ingestion.load.rtf_unseen import without_unseen
from app.ingestion.load.structure import first_title
from app.ingestion.load.text import text_blocks
from app.ingestion.load.textnorm import canonical, tidy_layout, words_of_stem
from app.registry.document import LoadedDocument


def load_rtf(name: str, data: bytes) -> LoadedDocument:
    """An RTF document. The title is its first clear heading, else the file's stem.

    Pictures and formatting are left out; the cells of a table row are parted by ``|``.
    Raises ``LoadError``: ``broken-rtf``, ``no-text``.
    """
    from striprtf.striprtf import rtf_to_text

    hidden = HiddenWords()
    try:
        # The format is ASCII with escapes; what is not, Word took for Windows-1252.
        source = without_unseen(data.decode("cp1252", "replace"), hidden)
        text = rtf_to_text(source, encoding="cp1252", errors="replace")  # type: ignore[no-untyped-call]
    except Exception as error:  # a third-party parser on hostile input
        raise LoadError(
            "broken-rtf", "the RTF document is damaged", "open it in a word processor and save it again"
        ) from error
    # One line end is a paragraph's end here; plain text wants a blank line for that.
    text = canonical(tidy_layout(text))
    lines = [line.strip() for line in text.split("\n")]
    text = "\n\n".join(line for line in lines if line)
    if not text:
        raise LoadError("no-text", "the document holds no text", "if it is a scan, run OCR first")
    blocks = text_blocks(text)
    title = first_title(blocks) or words_of_stem(name)
    return LoadedDocument(text, title, "application/rtf", blocks, hidden=hidden.found())
