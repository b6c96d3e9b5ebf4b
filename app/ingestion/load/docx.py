"""Word documents: Mammoth makes HTML of their styles, then the HTML path."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
import zipfile
from io import BytesIO

from app.ingestion.document import LoadedDocument, MetadataValue
from app.ingestion.errors import LoadError
from app.ingestion.load.html import to_markdown
from app.ingestion.load.limits import MIB, LoadLimits, in_words
from app.ingestion.load.structure import first_title, markdown_blocks
from app.ingestion.load.textnorm import canonical, words_of_stem

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Code'] => pre:separator('\\n')
p[style-name='Source Code'] => pre:separator('\\n')
p[style-name='HTML Preformatted'] => pre:separator('\\n')
"""
_GROUPS = re.compile(r"groups\s*:\s*([^;]+)", re.IGNORECASE)
_MAX_PARTS = 10_000


def load_docx(name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
    """A Word document. The title is its title property, else its first heading, else the file's stem.

    Metadata: author, and groups when the keywords property says ``groups: a, b``. Pictures, comments,
    page headers and footers are left out.
    Raises ``LoadError``: ``zip-bomb``, ``broken-docx``, ``no-text``.
    """
    from bs4 import BeautifulSoup

    properties = _open(data, limits)
    text = to_markdown(BeautifulSoup(_html(data), "lxml"))
    if not text:
        raise LoadError("no-text", "the document holds no text", "if it is a scan, run OCR first")
    blocks = markdown_blocks(text)
    metadata: dict[str, MetadataValue] = {}
    if properties.get("creator"):
        metadata["author"] = properties["creator"]
    if groups := _GROUPS.search(properties.get("keywords", "")):
        metadata["groups"] = [group.strip() for group in groups[1].split(",") if group.strip()]
    title = properties.get("title") or first_title(blocks) or words_of_stem(name)
    return LoadedDocument(text, title, _MEDIA_TYPE, blocks, metadata=metadata)


def _broken(error: Exception) -> LoadError:
    broken = LoadError("broken-docx", "the Word document is damaged", "open it in Word and save it again")
    broken.__cause__ = error
    return broken


def _open(data: bytes, limits: LoadLimits) -> dict[str, str]:
    """Check the container before anything is unpacked; return the core properties."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_bomb(archive.infolist(), len(data), limits)
            return _core_properties(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        raise _broken(error) from error


def _check_bomb(parts: list[zipfile.ZipInfo], packed: int, limits: LoadLimits) -> None:
    unpacked = sum(part.file_size for part in parts)
    ratio = unpacked / packed
    # Tiny files may compress well by chance; they are no danger.
    is_dense = unpacked > MIB and ratio > limits.max_unpack_ratio
    if unpacked > limits.max_unpacked_bytes or is_dense or len(parts) > _MAX_PARTS:
        raise LoadError(
            "zip-bomb",
            f"the document would unpack to {in_words(unpacked)} "
            f"({ratio:.0f} times its size, {len(parts)} parts)",
            "check where the file comes from; save it again in Word if it is genuine",
        )


def _core_properties(archive: zipfile.ZipFile) -> dict[str, str]:
    try:
        info = archive.getinfo("docProps/core.xml")
    except KeyError:
        return {}
    if info.file_size > MIB:
        return {}
    try:
        # Expat expands no external entities and stops expansion bombs by itself.
        root = ElementTree.fromstring(archive.read(info))  # noqa: S314
    except ElementTree.ParseError:
        return {}  # the properties are a courtesy; the text is what counts
    return {
        child.tag.rpartition("}")[2]: canonical(" ".join(child.text.split()))
        for child in root
        if child.text and child.text.strip()
    }


def _html(data: bytes) -> str:
    import mammoth

    try:
        result = mammoth.convert_to_html(
            BytesIO(data),
            style_map=_STYLES,
            # Pictures are never opened: a linked one could name any file on this machine.
            convert_image=mammoth.images.img_element(lambda image: {}),
        )
    except Exception as error:  # Mammoth raises KeyError, ExpatError, AttributeError … on damaged parts
        raise _broken(error) from error
    return str(result.value)
