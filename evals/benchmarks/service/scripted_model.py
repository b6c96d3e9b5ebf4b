"""A chat model on loopback that says the same to everybody, at a steady pace, from one event loop.

    python -m evals.benchmarks.service.scripted_model SENTENCE

OpenAI's wire, streamed: ``FIRST_S`` to the first token, then ``TOKENS_PER_S`` of four characters each. It
prints its address, and answers GET with how often it was asked and the seconds it took on average.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from evals.script import run_main

FIRST_S = 0.2
TOKENS_PER_S = 50.0
TOKEN_CHARS = 4


def main() -> None:
    asyncio.run(_serve(sys.argv[1]))


async def _serve(sentence: str) -> None:
    claims = [{"text": sentence, "sources": [1], "quotes": [sentence]}]
    arguments = json.dumps({"claims": claims, "not_answerable": ""})
    took: list[float] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"GET"):
                told = json.dumps({"n": len(took), "mean_s": sum(took) / max(len(took), 1)}).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n")
                writer.write(b"content-length: %d\r\n\r\n%b" % (len(told), told))
            else:
                length = next(
                    line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
                )
                await reader.readexactly(int(length.partition(b":")[2]))
                began = time.monotonic()
                await _stream(writer, arguments)
                took.append(time.monotonic() - began)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):  # whoever asked has gone
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


async def _stream(writer: asyncio.StreamWriter, arguments: str) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
    await asyncio.sleep(FIRST_S)
    call = {"id": "call_1", "type": "function", "function": {"name": "give_answer", "arguments": ""}}
    _send(writer, {"delta": {"role": "assistant", "tool_calls": [{"index": 0, **call}]}})
    began = time.monotonic()
    for count, at in enumerate(range(0, len(arguments), TOKEN_CHARS), 1):
        piece = {"index": 0, "function": {"arguments": arguments[at : at + TOKEN_CHARS]}}
        _send(writer, {"delta": {"tool_calls": [piece]}})
        await writer.drain()
        await asyncio.sleep(max(0.0, began + count / TOKENS_PER_S - time.monotonic()))
    _send(writer, {"delta": {}, "finish_reason": "tool_calls"})
    writer.write(b"data: [DONE]\n\n")


def _send(writer: asyncio.StreamWriter, choice: dict[str, Any]) -> None:
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "scripted"}
    whole = {**chunk, "choices": [{"index": 0, "finish_reason": None, **choice}]}
    writer.write(f"data: {json.dumps(whole)}\n\n".encode())


if __name__ == "__main__":
    run_main(main)
