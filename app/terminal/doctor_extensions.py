"""The lines of ``pincite doctor`` about what other distributions bring."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from app.extensions.entry_points import (
    GUARDS,
    TOOLS,
    VECTOR_STORES,
    Extension,
    ExtensionError,
    chosen,
    installed,
)
from app.settings import Settings
from app.terminal.health import HealthCheck


def extension_checks(settings: Settings) -> Iterator[HealthCheck]:
    """Every installed loader, guard, tool and vector store: who brings it, and whether it is used."""
    from app.ingestion.load.installed import InstalledLoaders

    loaders = InstalledLoaders()
    for one in loaders.used():
        suffixes = " ".join(one.loader.suffixes)
        yield HealthCheck(
            "ok", f"loader {one.extension.name}", f"{suffixes}, from {one.extension.brought_by}"
        )
    for extension, error in loaders.problems():
        yield HealthCheck("broken", f"loader {extension.name}", str(error))
    wanted = settings.extensions
    yield from _guards(wanted.guards)
    yield from _tools(wanted.tools)
    yield from _vector_stores(settings)


def _guards(names: Sequence[str]) -> Iterator[HealthCheck]:
    from app.safety.installed_guards import SETTING, load_guard

    sides: dict[str, str] = {}

    def load(extension: Extension) -> None:
        sides[f"guard {extension.name}"] = " and ".join(load_guard(extension).checks)

    for one in _named("guard", GUARDS, names, SETTING, load):
        if one.what not in sides:
            yield one
            continue
        # What others do and how long they take is theirs; nothing passes when they fail.
        told = f"{sides[one.what]}; closed: lets nothing through when it fails; no limit of ours"
        yield replace(one, detail=f"{one.detail}; {told}")


def _vector_stores(settings: Settings) -> Iterator[HealthCheck]:
    from app.retrieval.vectors.choose import OURS, SETTING, load_store, place_of

    name = settings.retrieval.vector_store
    home = settings.home / settings.tenant
    names = [] if name in OURS else [name]

    def load(extension: Extension) -> Any:
        return load_store(extension, place_of(home, name, "doctor", None, lambda: "doctor"))

    yield from _named("vector store", VECTOR_STORES, names, SETTING, load)


def _tools(names: Sequence[str]) -> Iterator[HealthCheck]:
    from app.extensions.tools import SETTING, load_tool

    def load(extension: Extension) -> Any:
        from app.toolbox.names import BUILT_IN
        from graphs.answer import NAMES_IN_USE

        return load_tool(extension, {*NAMES_IN_USE, *BUILT_IN})

    yield from _named("tool", TOOLS, names, SETTING, load)


def _named(
    what: str, group: str, names: Sequence[str], setting: str, load: Callable[[Extension], Any]
) -> Iterator[HealthCheck]:
    """Only what the setting names is imported: installing a package is no consent to run it."""
    for extension in installed(group):
        if extension.name not in names:
            detail = f"from {extension.brought_by}, not used; name it in {setting}"
            yield HealthCheck("off", f"{what} {extension.name}", detail)
    for name in dict.fromkeys(names):
        try:
            (extension,) = chosen(group, [name], setting)
            load(extension)
        except ExtensionError as error:
            yield HealthCheck("broken", f"{what} {name}", str(error))
        else:
            yield HealthCheck("ok", f"{what} {name}", f"from {extension.brought_by}")
