"""One loader for each kind of file, imported when its first file comes: most runs need one or two."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from app.ingestion.load.kinds import KINDS
from app.ingestion.load.limits import LoadLimits
from app.ingestion.load.sniff import check_kind
from app.registry.document import LoadedDocument


@dataclass(frozen=True, slots=True)
class BuiltInLoader:
    """The ``Loader`` of one kind of ours."""

    kind: str

    @property
    def suffixes(self) -> list[str]:
        return [suffix for suffix, kind in KINDS.items() if kind == self.kind]

    @property
    def media_types(self) -> list[str]:
        """None: web pages of our kinds come with a suffix (``app.ingestion.web.content``)."""
        return []

    def load(self, name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
        """Read it, once its bytes agree with its suffix. Raises ``LoadError``."""
        check_kind(self.kind, PurePath(name).suffix.lower(), data)
        return read_as(self.kind, name, data, limits)


def read_as(kind: str, name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
    """Read ``data`` with the loader of ``kind``. Raises ``LoadError`` as that loader says."""
    match kind:
        case "markdown":
            from app.ingestion.load.markdown import load_markdown

            return load_markdown(name, data)
        case "html":
            from app.ingestion.load.html import load_html

            return load_html(name, data)
        case "mhtml":
            from app.ingestion.load.community import load_saved_page

            return load_saved_page(name, data)
        case "pdf":
            from app.ingestion.load.pdf import load_pdf

            return load_pdf(name, data, limits)
        case "docx":
            from app.ingestion.load.docx import load_docx

            return load_docx(name, data, limits)
        case "pptx":
            from app.ingestion.load.pptx import load_pptx

            return load_pptx(name, data, limits)
        case "xlsx":
            from app.ingestion.load.xlsx import load_xlsx

            return load_xlsx(name, data, limits)
        case "odf":
            from app.ingestion.load.odf import load_odf

            return load_odf(name, data, limits)
        case "rtf":
            from app.ingestion.load.rtf import load_rtf

            return load_rtf(name, data)
        case "epub":
            from app.ingestion.load.epub import load_epub

            return load_epub(name, data, limits)
        case "mail":
            from app.ingestion.load.mail import load_mail

            return load_mail(name, data, limits)
        case "outlook":
            from app.ingestion.load.outlook import load_outlook

            return load_outlook(name, data, limits)
        case "csv":
            from app.ingestion.load.csv import load_csv

            return load_csv(name, data, limits)
        case "json":
            from app.ingestion.load.json import load_json

            return load_json(name, data, limits)
        case "notebook":
            from app.ingestion.load.notebook import load_notebook

            return load_notebook(name, data, limits)
        case "outline":
            from app.ingestion.load.outline import load_outline

            return load_outline(name, data)
        case "code":
            from app.ingestion.load.code import load_code

            return load_code(name, data)
        case _:
            from app.ingestion.load.text import load_text

            return load_text(name, data)
