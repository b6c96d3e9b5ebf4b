"""A stand-in for ``app.ingestion.reader_process`` that the file's name tells how to misbehave."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

from app.ingestion import reader_process
from app.ingestion.load import LoadLimits
from app.ingestion.reader_process import READY, receive, send

__all__ = ["READY", "receive", "send"]


def main(limits: dict[str, Any], memory_bytes: int) -> None:
    out = sys.stdout.buffer
    send(out, READY)
    while (head := receive(sys.stdin.buffer)) is not None:
        name = json.loads(head)["name"]
        data = receive(sys.stdin.buffer) or b""
        if name.startswith("hang"):
            time.sleep(60)
        if name.startswith("crash"):
            os.kill(os.getpid(), signal.SIGSEGV)
        send(out, json.dumps(reader_process.answer(name, data, LoadLimits(**limits))).encode())
