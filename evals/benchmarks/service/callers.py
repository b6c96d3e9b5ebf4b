"""Many callers of a server at the same time, each asking again as soon as it was answered."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx


@dataclass
class Seen:
    """What callers of one kind saw. ``answered`` and ``refused``: seconds each; ``errors``: all else.

    ``took``: seconds from the first question to the last answer.
    """

    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    modes: set[str] = field(default_factory=set)
    took: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.answered) / self.took if self.took else 0.0


@dataclass(frozen=True)
class Kind:
    """``callers`` that show ``key``; without one they show none."""

    name: str
    callers: int
    key: str = ""


async def ask_for(
    url: str,
    kinds: Sequence[Kind],
    seconds: float,
    question: str,
    *,
    stream: bool = True,
    rest_s: float = 0.0,
) -> dict[str, Seen]:
    """Ask for so long; who is refused rests for ``rest_s`` before asking again."""
    seen = {kind.name: Seen() for kind in kinds}
    most = sum(kind.callers for kind in kinds)
    limits = httpx.Limits(max_connections=most, max_keepalive_connections=most)
    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as client:
        start = time.monotonic()
        end = start + seconds

        async def call(kind: Kind) -> None:
            mine = seen[kind.name]
            while time.monotonic() < end:
                began = time.monotonic()
                try:
                    status, said = await _asked(client, kind.key, question, stream)
                except httpx.HTTPError as error:
                    mine.errors.append(type(error).__name__)
                    continue
                took = time.monotonic() - began
                if status in (429, 503):
                    mine.refused.append(took)
                    await asyncio.sleep(rest_s)
                elif status != 200 or "event: error" in said:
                    mine.errors.append(str(status))
                else:
                    mine.answered.append(took)
                    mine.modes.add(_mode(said, stream))
            mine.took = max(mine.took, time.monotonic() - start)

        await asyncio.gather(*(call(kind) for kind in kinds for _ in range(kind.callers)))
    return seen


def _mode(said: str, stream: bool) -> str:
    """How the answer was made; empty where a server does not say."""
    if not stream:
        return str(json.loads(said).get("mode", ""))
    *_, data = (line for line in said.splitlines() if line.startswith("data: {"))
    return str(json.loads(data.removeprefix("data: ")).get("answer", {}).get("mode", ""))


async def _asked(client: httpx.AsyncClient, key: str, question: str, stream: bool) -> tuple[int, str]:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    body = {"question": question} | ({"stream": True} if stream else {"extractive": True})
    response = await client.post("/v1/answers", json=body, headers=headers)
    return response.status_code, response.text
