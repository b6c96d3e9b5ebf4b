"""What is installed beside Pincite, found by entry points: named at once, imported when it is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from app.errors import PinciteError

COMMANDS = "pincite.commands"
"""Commands of `pincite`: each a `typer.Typer`."""
LOADERS = "pincite.loaders"
GUARDS = "pincite.guards"
TOOLS = "pincite.tools"
VECTOR_STORES = "pincite.vector_stores"


class ExtensionError(PinciteError):
    """An extension that is not there, cannot be loaded, or is not what its group asks for."""

    code = "extension"


@dataclass(frozen=True, slots=True)
class Extension:
    """One entry point and the distribution that brings it. Nothing of it is imported before ``load``."""

    group: str
    name: str
    distribution: str
    version: str
    entry: EntryPoint = field(repr=False)

    def __str__(self) -> str:
        return f"{self.name!r} of {self.brought_by}"

    @property
    def brought_by(self) -> str:
        """The distribution and its version, for people."""
        return f"{self.distribution} {self.version}"

    def load(self) -> Any:
        """Import it; a class is made an object, without arguments.

        Raises:
            ExtensionError: that failed, for whatever reason of its own.
        """
        return self._made(lambda found: found() if isinstance(found, type) else found)

    def made_with(self, *given: Any) -> Any:
        """Import it, a class or a function, and give what it makes of ``given``.

        Raises:
            ExtensionError: that failed, for whatever reason of its own.
        """
        return self._made(lambda found: found(*given))

    def _made(self, make: Callable[[Any], Any]) -> Any:
        try:
            return make(self.entry.load())
        except (Exception, SystemExit) as error:  # somebody else's code may fail in any way
            why = f"{type(error).__name__}: {error}".splitlines()[0]
            raise self.error(f"cannot be loaded ({why})") from error

    def error(self, why: str) -> ExtensionError:
        """What is wrong with it, as the error to raise."""
        return ExtensionError(
            f"{self.group} {self} {why}; repair it, or remove it with: pip uninstall {self.distribution}"
        )


def installed(group: str) -> list[Extension]:
    """Everything installed in ``group``, in the order of names."""
    found = [
        Extension(group, entry.name, entry.dist.name, entry.dist.version, entry)
        for entry in entry_points(group=group)
        if entry.dist is not None
    ]
    return sorted(found, key=lambda one: (one.name, one.distribution))


def chosen(group: str, names: Sequence[str], setting: str) -> list[Extension]:
    """The installed extensions of these names, in their order.

    Raises:
        ExtensionError: one is not installed, or two distributions bring it.
    """
    if not names:
        return []  # nobody asks: the installed distributions need not be looked through
    there = installed(group)
    return [_one(group, name, there, setting) for name in dict.fromkeys(names)]


def _one(group: str, name: str, there: Sequence[Extension], setting: str) -> Extension:
    found = [extension for extension in there if extension.name == name]
    if len(found) == 1:
        return found[0]
    if found:
        both = " and ".join(extension.brought_by for extension in found)
        raise ExtensionError(f"{setting} names {name!r}, which {both} both bring; uninstall one of them")
    names = ", ".join(extension.name for extension in there) or "none"
    raise ExtensionError(
        f"{setting} names {name!r}, which no installed distribution brings ({group}: {names}); "
        "install it, or take it out of the setting"
    )
