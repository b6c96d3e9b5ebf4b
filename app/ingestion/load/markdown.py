"""Markdown files: the source itself is the canonical text, without its front matter and what is not shown."""

from __future__ import annotations

from app.ingestion.load.frontmatter import take_front_matter
from app.ingestion.load.hidden import HiddenWords
from app.ingestion.load.markdown_hidden import without_hidden
from app.ingestion.load.restrictions import refuse_unclear
from app.ingestion.load.structure import first_title, markdown_blocks
from app.ingestion.load.textnorm import canonical, decode, words_of_stem
from app.registry.document import LoadedDocument


def load_markdown(name: str, data: bytes) -> LoadedDocument:
    """A Markdown file. The title is the front matter's, else the first heading, else the file's stem.

    Raises ``LoadError``: ``bad-front-matter``, ``unclear-readers``, ``bad-encoding``, ``binary``.

    >>> load_markdown("a.md", b"# Paid *leave*").title
    'Paid leave'
    """
    metadata, text = take_front_matter(canonical(decode(data)))
    refuse_unclear(text)
    hidden = HiddenWords()
    text = without_hidden(text, hidden, is_mdx=name.lower().endswith(".mdx")).lstrip("\n")
    blocks = markdown_blocks(text)
    named = metadata.get("title")
    title = " ".join(named.split()) if isinstance(named, str) else ""
    return LoadedDocument(
        text=text,
        title=title or first_title(blocks) or words_of_stem(name),
        media_type="text/markdown",
        blocks=blocks,
        metadata=metadata,
        hidden=hidden.found(),
    )
