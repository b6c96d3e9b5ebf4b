"""Loaders that other distributions bring: used once installed, and never in place of a built-in one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.extensions.entry_points import LOADERS, Extension, ExtensionError, installed
from app.ingestion.load.kinds import KINDS
from app.ingestion.load.loader import Loader

_BUILT_IN = "built in"


@dataclass(frozen=True, slots=True)
class InstalledLoader:
    """A loader that is used."""

    extension: Extension
    loader: Loader

    @property
    def tag(self) -> str:
        """Which loader, and which version of it, a document was read by."""
        return f"{self.extension.name}@{self.extension.version}"


class InstalledLoaders:
    """Looked for when a file comes that no built-in loader reads, and then kept."""

    def __init__(self, find: Callable[[], Sequence[Extension]] = lambda: installed(LOADERS)) -> None:
        self._find = find

    def of(self, suffix: str) -> InstalledLoader | None:
        """Who reads files of this suffix, beside the built-in loaders."""
        return self._examined[0].get(suffix)

    def suffix_of(self, media_type: str) -> str | None:
        """The suffix under which web pages of this type are read."""
        for one in self._examined[0].values():
            if media_type.lower() in (known.lower() for known in one.loader.media_types):
                return one.loader.suffixes[0]
        return None

    def tags(self) -> set[str]:
        """Of every loader that is used."""
        return {one.tag for one in self._examined[0].values()}

    def used(self) -> list[InstalledLoader]:
        return list({one.extension.name: one for one in self._examined[0].values()}.values())

    def problems(self, *, look: bool = True) -> list[tuple[Extension, ExtensionError]]:
        """Those that are not used, and why. Without ``look``, only if some were looked for before."""
        return self._examined[1] if look or "_examined" in self.__dict__ else []

    @cached_property
    def _examined(self) -> tuple[dict[str, InstalledLoader], list[tuple[Extension, ExtensionError]]]:
        used: dict[str, InstalledLoader] = {}
        problems: list[tuple[Extension, ExtensionError]] = []
        readers: dict[str, str] = dict.fromkeys(KINDS, _BUILT_IN)
        formats: dict[str, str] = dict.fromkeys(KINDS.values(), _BUILT_IN)
        for extension in self._find():
            try:
                loader = _loader(extension, formats, readers)
            except ExtensionError as error:
                problems.append((extension, error))
                continue
            formats[extension.name] = f"read by {extension.brought_by}"
            for suffix in loader.suffixes:
                readers[suffix] = f"read by {extension}"
                used[suffix] = InstalledLoader(extension, loader)
        return used, problems


def _loader(extension: Extension, formats: dict[str, str], readers: dict[str, str]) -> Loader:
    if extension.name in formats:
        raise extension.error(f"is not used: the format {extension.name!r} is {formats[extension.name]}")
    loader: Loader = extension.load()
    suffixes, media_types = getattr(loader, "suffixes", None), getattr(loader, "media_types", None)
    if not callable(getattr(loader, "load", None)) or not _texts(suffixes) or not _texts(media_types):
        raise extension.error("is no loader: it needs `suffixes`, `media_types` (lists of texts) and `load`")
    if not suffixes:
        raise extension.error("is no loader: it names no suffix that it reads")
    for suffix in loader.suffixes:
        if not suffix.startswith(".") or suffix != suffix.lower() or len(suffix) < 2:
            raise extension.error(f"names the suffix {suffix!r}; it begins with a dot, in lower case")
        if suffix in readers:
            raise extension.error(f"is not used: it claims {suffix}, which is {readers[suffix]}")
    return loader


def _texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
