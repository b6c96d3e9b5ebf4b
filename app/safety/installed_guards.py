"""Guards that other distributions bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.extensions.entry_points import GUARDS, Extension, chosen
from app.safety.guard import Guard, Side, fault_of_guard, held_to_form
from graphs.parts import GuardCheck

SETTING = "PINCITE_EXTENSIONS__GUARDS"


def active_guards(names: Sequence[str]) -> Mapping[Side, Sequence[GuardCheck]]:
    """The named guards, in their order, by what they check.

    Raises:
        ExtensionError: one is not installed, cannot be loaded, or is no guard.
    """
    active: dict[Side, list[GuardCheck]] = {"question": [], "answer": [], "draft": []}
    for extension in chosen(GUARDS, names, SETTING):
        guard = load_guard(extension)
        for side in guard.checks:
            active[side].append(held_to_form(extension.name, guard))
    return active


def load_guard(extension: Extension) -> Guard:
    """The guard of an entry point.

    Raises:
        ExtensionError: it cannot be loaded, or is no guard.
    """
    guard: Guard = extension.load()
    if fault := fault_of_guard(guard):
        raise extension.error(f"is no guard: {fault}")
    return guard
