"""The lines of ``pincite doctor`` about what other distributions bring."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from app.extensions.entry_points import GUARDS, TOOLS, Extension, ExtensionError, chosen, installed
from app.settings import Settings
from app.terminal.health import HealthCheck


def extension_checks(settings: Settings) -> Iterator[HealthCheck]:
    """Every installed loader, guard and tool: who brings it, and whether it is used."""
    from app.ingestion.load.installed import InstalledLoaders
    from app.safety import installed_guards

    loaders = InstalledLoaders()
    for one in loaders.used():
        suffixes = " ".join(one.loader.suffixes)
        yield HealthCheck(
            "ok", f"loader {one.extension.name}", f"{suffixes}, from {one.extension.brought_by}"
        )
    for extension, error in loaders.problems():
        yield HealthCheck("broken", f"loader {extension.name}", str(error))
    wanted = settings.extensions
    yield from _named("guard", GUARDS, wanted.guards, installed_guards.SETTING, installed_guards.load_guard)
    yield from _tools(wanted.tools)


def _tools(names: Sequence[str]) -> Iterator[HealthCheck]:
    if not names and not installed(TOOLS):
        return  # the graph need not be imported to say nothing
    from app.extensions import tools
    from graphs.answer import NAMES_IN_USE
    from tools.search_documents import SEARCH_DOCUMENTS

    taken = {*NAMES_IN_USE, SEARCH_DOCUMENTS}
    yield from _named("tool", TOOLS, names, tools.SETTING, lambda one: tools.load_tool(one, taken))


def _named(
    what: str, group: str, names: Sequence[str], setting: str, load: Callable[[Extension], Any]
) -> Iterator[HealthCheck]:
    for extension in installed(group):
        try:
            load(extension)
        except ExtensionError as error:
            yield HealthCheck("broken", f"{what} {extension.name}", str(error))
            continue
        if extension.name in names:
            yield HealthCheck("ok", f"{what} {extension.name}", f"from {extension.brought_by}")
        else:
            detail = f"from {extension.brought_by}, not used; name it in {setting}"
            yield HealthCheck("off", f"{what} {extension.name}", detail)
    for name in names:
        try:
            chosen(group, [name], setting)
        except ExtensionError as error:
            yield HealthCheck("broken", f"{what} {name}", str(error))
