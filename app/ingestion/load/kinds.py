"""Which suffix is which kind of file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        suffix: language
        for language, suffixes in {
            "python": ".py .pyi .pyw",
            "javascript": ".js .jsx .mjs .cjs",
            "typescript": ".ts .tsx .mts .cts",
            "java": ".java",
            "kotlin": ".kt .kts",
            "scala": ".scala",
            "csharp": ".cs",
            "go": ".go",
            "rust": ".rs",
            "c": ".c .h",
            "cpp": ".cc .cpp .cxx .hh .hpp .hxx",
            "swift": ".swift",
            "php": ".php",
            "ruby": ".rb",
            "perl": ".pl .pm",
            "lua": ".lua",
            "r": ".r",
            "shell": ".sh .bash .zsh",
            "powershell": ".ps1 .psm1",
            "sql": ".sql",
            "terraform": ".tf .hcl",
            "protobuf": ".proto",
            "graphql": ".graphql .gql",
            "css": ".css .scss .less",
            "yaml": ".yaml .yml",
            "toml": ".toml",
            "ini": ".ini .cfg .conf .properties",
        }.items()
        for suffix in suffixes.split()
    }
)
"""The language of each suffix, in lower case and with the dot."""

KINDS: Mapping[str, str] = MappingProxyType(
    {
        ".md": "markdown",
        ".markdown": "markdown",
        ".mdx": "markdown",
        ".html": "html",
        ".htm": "html",
        ".xhtml": "html",
        ".mht": "mhtml",
        ".mhtml": "mhtml",
        ".pdf": "pdf",
        ".docx": "docx",
        ".docm": "docx",
        ".dotx": "docx",
        ".pptx": "pptx",
        ".pptm": "pptx",
        ".ppsx": "pptx",
        ".xlsx": "xlsx",
        ".xlsm": "xlsx",
        ".xltx": "xlsx",
        ".odt": "odf",
        ".ods": "odf",
        ".odp": "odf",
        ".rtf": "rtf",
        ".epub": "epub",
        ".eml": "mail",
        ".msg": "outlook",
        ".csv": "csv",
        ".tsv": "csv",
        ".json": "json",
        ".jsonl": "json",
        ".ndjson": "json",
        ".ipynb": "notebook",
        ".txt": "text",
        ".text": "text",
        ".log": "text",
        ".rst": "text",
        ".adoc": "outline",
        ".asciidoc": "outline",
        ".org": "outline",
        **dict.fromkeys(LANGUAGES, "code"),
    }
)

READABLE_SUFFIXES: frozenset[str] = frozenset(KINDS)
"""The suffixes, in lower case and with the dot, that ``load_file`` reads."""

_PICTURE = ("a picture", "run OCR first (for instance ocrmypdf) and add the resulting PDF")
_ARCHIVE = ("an archive", "unpack it and add the folder")
_SOUND = ("sound or film", "add a transcript")
INSTEAD: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        ".doc": ("an old Word document", "save it as .docx"),
        ".xls": ("an old Excel workbook", "save it as .xlsx"),
        ".xlsb": ("a binary Excel workbook", "save it as .xlsx"),
        ".ppt": ("an old PowerPoint presentation", "save it as .pptx"),
        ".pages": ("a Pages document", "export it as .docx or PDF"),
        ".numbers": ("a Numbers spreadsheet", "export it as .xlsx"),
        ".key": ("a Keynote presentation", "export it as .pptx or PDF"),
        ".mobi": ("a Kindle book", "convert it to .epub"),
        ".azw3": ("a Kindle book", "convert it to .epub"),
        **dict.fromkeys(".png .jpg .jpeg .gif .bmp .tif .tiff .webp .heic .svg".split(), _PICTURE),
        **dict.fromkeys(".zip .tar .gz .tgz .bz2 .xz .7z .rar".split(), _ARCHIVE),
        **dict.fromkeys(".mp3 .wav .m4a .ogg .flac .mp4 .mov .avi .mkv .webm".split(), _SOUND),
    }
)
"""What a file of an unread kind is, and what to do with it."""
