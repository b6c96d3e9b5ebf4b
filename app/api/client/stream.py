"""Server-sent events read line by line, and where a broken stream is to go on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """``kind``: ``step``, ``sentence``, ``excerpt``, ``answer``, ``approval``, ``error``, ``stopped``
    (docs/events.md)."""

    kind: str
    data: dict[str, Any]
    id: str


LAST = frozenset({"answer", "approval", "error", "stopped"})
"""After one of these nothing comes."""


@dataclass(slots=True)
class StreamLines:
    """Lines in, events out. ``last_id``: the last event's, for ``Last-Event-ID``."""

    last_id: str = ""
    _kind: str = ""
    _data: list[str] = field(default_factory=list)

    def read(self, line: str) -> StreamEvent | None:
        """The event that a line ends, if it ends one.

        >>> lines = StreamLines()
        >>> [lines.read(one) for one in ("event: step", 'data: {"node": "guard"}', "id: r-1", "")][-1]
        StreamEvent(kind='step', data={'node': 'guard'}, id='r-1')
        """
        if not line:
            kind, data = self._kind, "\n".join(self._data)
            self._kind, self._data = "", []
            return StreamEvent(kind, json.loads(data), self.last_id) if data else None
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._kind = value
        elif name == "data":
            self._data.append(value)
        elif name == "id":
            self.last_id = value
        return None
