"""A package that looks like xllamacpp and whose server is a scripted one: the real one needs real weights."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.testing.openai_server import Script, ScriptedModel, serve_model


class StandIn:
    """What was started with which parameters. ``broken`` makes a start fail as a damaged file does."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.broken = False
        self.started: list[Any] = []
        self.waiting: list[str | None] = []
        self.running = 0
        self.model = ScriptedModel([])

    def params(self) -> Any:
        return SimpleNamespace(
            model=SimpleNamespace(path=""),
            cpuparams=SimpleNamespace(n_threads=0),
            cpuparams_batch=SimpleNamespace(n_threads=0),
        )

    def server(self, params: Any) -> Any:
        if self.broken:
            raise RuntimeError("Failed to load model from /secret/place")
        self.started.append(params)
        self.waiting.append(os.environ.get("OMP_WAIT_POLICY"))
        return _Server(self)


class _Server:
    """Like the real one, it stops when nothing holds it any more."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in
        self._stack = ExitStack()
        stand_in.model = self._stack.enter_context(serve_model(stand_in.script))
        stand_in.running += 1
        self.listening_address = stand_in.model.url.removesuffix("/v1")

    def __del__(self) -> None:
        self._stand_in.running -= 1
        self._stack.close()


def install(monkeypatch: pytest.MonkeyPatch, folder: Path, script: Script) -> StandIn:
    """Make ``import xllamacpp`` find the stand-in, as a package in ``folder``."""
    stand_in = StandIn(script)
    package = folder / "xllamacpp"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(folder)
    module = SimpleNamespace(
        CommonParams=stand_in.params, Server=stand_in.server, __spec__=SimpleNamespace(name="xllamacpp")
    )
    monkeypatch.setitem(sys.modules, "xllamacpp", module)
    return stand_in


def gguf(folder: Path) -> Path:
    """A file that begins as GGUF files do."""
    file = folder / "tiny-model.gguf"
    file.write_bytes(b"GGUF and no more")
    return file
