"""llama.cpp in this process: its HTTP server on loopback, started at the first question."""

from __future__ import annotations

import gc
import importlib.util
import os
import secrets
import threading
from pathlib import Path
from typing import Any

from app.process.passing import environment
from graphs.calling.call import ModelUnavailableError

LIBRARY = "xllamacpp"


class LlamaServer:
    """One model behind the OpenAI wire on a free port of 127.0.0.1, with a key made for this process.

    ``threads`` 0 means one for each processor; ``context_tokens`` bounds prompt and answer together.
    """

    def __init__(self, file: Path, threads: int, context_tokens: int) -> None:
        self.file = file
        self.key = secrets.token_hex(16)
        self._threads = threads or os.cpu_count() or 1
        self._context_tokens = context_tokens
        self._lock = threading.Lock()
        self._server: Any = None
        self._closed = False

    def address(self) -> str:
        """Where it listens, e.g. ``http://127.0.0.1:40123``; the first call loads the model, some 2 s.

        Raises:
            ModelUnavailableError: llama.cpp cannot load the file, or the application was closed.
        """
        with self._lock:
            if self._closed:
                raise ModelUnavailableError("the local model was stopped")
            if self._server is None:
                self._server = self._start()
            return str(self._server.listening_address)

    def close(self) -> None:
        """Stop it and give its memory back. llama.cpp stops its server when nothing holds it."""
        with self._lock:
            self._closed = True
            self._server = None
            gc.collect()

    def _start(self) -> Any:
        # Read when OpenMP is loaded: threads that spin while they wait slow everything else down, four times
        # and more where processors are shared.
        with environment({"OMP_WAIT_POLICY": "passive"}):
            import xllamacpp

            params = self._params(xllamacpp.CommonParams())
            try:
                return xllamacpp.Server(params)
            except RuntimeError as error:
                raise ModelUnavailableError(f"llama.cpp cannot load {self.file.name}") from error

    def _params(self, params: Any) -> Any:
        params.model.path = str(self.file)
        params.model_alias = {self.file.stem}
        params.n_ctx = self._context_tokens
        params.n_parallel = 1
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = self._threads
        params.no_extra_bufts = True  # 1.4 GB instead of 2.0, as fast
        params.cache_prompt = True  # the prompt's beginning, the same every time, is read once
        params.cache_ram_mib = 0
        params.warmup = params.fit_params = False
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.api_keys = [self.key]
        params.ui = params.endpoint_slots = False
        params.offline = True
        params.verbosity = 0
        return params


def has_library() -> bool:
    """Whether llama.cpp's Python package is installed; it is not imported."""
    return importlib.util.find_spec(LIBRARY) is not None
