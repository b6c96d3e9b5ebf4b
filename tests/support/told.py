"""An application that gives one answer, whatever is asked: for what no small corpus brings about."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.settings import Settings
from graphs.contracts import Answer

PAGE = "https://manual.example/heron#:~:text=12%20volts"


@dataclass
class Told:
    """``answer``: as JSON data. ``hangs``: it is never given; ``cancelled``: its making was ended."""

    answer: dict[str, Any]
    hangs: bool = False
    settings: Settings = field(default_factory=lambda: Settings(home=Path("nowhere")))
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[dict[str, Any]] = field(default_factory=list)
    may_ask: bool = False

    async def aask(self, **arguments: Any) -> Answer:
        self.asked.append(arguments)
        await self._wait()
        return Answer.model_validate(self.answer)

    async def astream(self, **arguments: Any) -> AsyncIterator[dict[str, Any]]:
        self.asked.append(arguments)
        yield {"type": "step", "node": "guard", "ms": 1.0}
        for number, claim in enumerate(self.answer.get("claims", []), 1):
            yield {"type": "sentence", "number": number, "claim": claim, "citations": []}
        await self._wait()
        answer = Answer.model_validate(self.answer).model_dump()
        if answer["status"] == "failed":
            yield {"type": "error", "problem": answer["problem"]}
        yield {"type": "answer", "answer": answer}

    async def _wait(self) -> None:
        try:
            if self.hangs:
                await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


def claim(text: str, *citations: int) -> dict[str, Any]:
    return {"text": text, "verdict": "verified", "citations": list(citations)}


def citation(number: int, **more: Any) -> dict[str, Any]:
    return {
        "number": number,
        "doc_id": f"d{number}",
        "version": "v",
        "start": 0,
        "end": 3,
        "quote": "abc",
        "title": "Manual [old]",
        **more,
    }


ON_THE_WEB: dict[str, Any] = {
    "id": "a1",
    "status": "answered",
    "question": "x",
    "text": "It needs 12 volts. [1] It is blue. [2] It draws 400 mA. [1][2]",
    "mode": "model",
    "claims": [claim("It needs 12 volts.", 1), claim("It is blue.", 2), claim("It draws 400 mA.", 1, 2)],
    "citations": [
        citation(1, link=PAGE, uri="https://manual.example/heron", headings=["Power"], page=3),
        citation(2, uri="file:///x/y.md", title="Colours"),
    ],
    "notices": ["Sources differ (red and blue)."],
    "receipt": {
        "usage": {"m": {"input_tokens": 7, "output_tokens": 3}, "n": {"input_tokens": 1, "output_tokens": 1}}
    },
}
FAILED: dict[str, Any] = {
    "status": "failed",
    "question": "x",
    "text": "",
    "problem": {"code": "retrieve-timeout", "message": "It took too long.", "retryable": True},
}
