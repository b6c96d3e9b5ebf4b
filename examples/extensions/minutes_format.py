"""A format in one file: minutes of a meeting (``.minutes``), one speaker a line.

Its registration, in the ``pyproject.toml`` of whoever ships it:

    [project.entry-points."pincite.loaders"]
    minutes = "minutes_format:MinutesLoader"

    # Budget
    10:05 Ann: We keep the travel budget at 4,000 euros.
"""

import re

from pincite.app.ingestion.errors import LoadError
from pincite.app.ingestion.load import LoadLimits
from pincite.app.ingestion.load.textnorm import canonical, decode, words_of_stem
from pincite.app.registry.document import Block, LoadedDocument

_LINE = re.compile(r"^# +(?P<topic>\S.*)$|^(?P<said>\d\d:\d\d \S.*)$", re.MULTILINE)


class MinutesLoader:
    """Topics become headings and what was said a paragraph each: citations name the topic above them."""

    suffixes = (".minutes",)
    media_types = ("text/x-minutes",)

    def load(self, name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
        """The file itself is the text that offsets count into."""
        text = canonical(decode(data))
        blocks = [
            Block("heading", found.start(), found.end(), 1, found["topic"])
            if found["topic"]
            else Block("paragraph", found.start(), found.end())
            for found in _LINE.finditer(text)
        ]
        if not blocks:
            raise LoadError("no-minutes", "no line says who spoke when", "write lines like 10:05 Ann: Yes.")
        return LoadedDocument(text, words_of_stem(name), self.media_types[0], tuple(blocks))
