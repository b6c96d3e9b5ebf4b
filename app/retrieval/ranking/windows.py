"""Cut a passage into windows: a sentence or a few, short enough to be about one thing."""

from __future__ import annotations

from graphs.text.sentences import Unit, units

WINDOW_CHARS = 200


def windows(text: str, most: int = WINDOW_CHARS) -> list[tuple[int, int]]:
    """Offsets of the windows of ``text``, in order, without overlap: sentences joined up to ``most`` long.

    What says nothing, or something else, without what stands before it stays with it, however long: the rows
    of a table, the items of a list and the sentence that introduces them, what follows a heading. A longer
    sentence is a window of its own. Text without a sentence is one window; empty text has none.

    >>> windows("Ask first. Then go. Never run in the corridors of the old library.", 24)
    [(0, 19), (20, 66)]
    """
    found: list[tuple[int, int]] = []
    before: Unit | None = None
    for unit in units(text):
        if before is not None and (unit.end - found[-1][0] <= most or _belong(before, unit, text)):
            found[-1] = (found[-1][0], unit.end)
        else:
            found.append((unit.start, unit.end))
        before = unit
    return found or ([(0, len(text))] if text.strip() else [])


def _belong(before: Unit, unit: Unit, text: str) -> bool:
    together = before.kind == unit.kind and unit.kind in ("row", "item")
    return together or before.kind == "heading" or before.of(text).rstrip().endswith(":")
