"""A real redis-server of this machine's, on a free port, which writes nothing to disk."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evals.errors import EvalError

PASSWORD = "s3cret-of-redis"  # noqa: S105 - of a server on loopback that lives for a run
START_S = 30.0


@dataclass
class RedisServer:
    """``url`` holds its password."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"

    def empty(self) -> None:
        import redis

        with redis.Redis.from_url(self.url) as client:
            client.flushall()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def serve_redis(folder: Path) -> Iterator[RedisServer]:
    """A server for the length of a ``with`` block.

    Raises:
        EvalError: the program is not installed, or did not start.
    """
    program = shutil.which("redis-server")
    if program is None:
        raise EvalError("redis-server is not installed; run: packaging/system_packages.sh")
    port = free_port()
    words = f"--port {port} --bind 127.0.0.1 --requirepass {PASSWORD} --appendonly no --dir {folder}"
    command = [program, *words.split(), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        server = RedisServer(port, process)
        try:
            _wait(server)
            yield server
        finally:
            process.kill()


def _wait(server: RedisServer) -> None:
    import redis

    end = time.monotonic() + START_S
    while True:
        try:
            with redis.Redis.from_url(server.url) as client:
                client.ping()
            return
        except redis.RedisError as error:
            if time.monotonic() > end or server.process.poll() is not None:
                raise EvalError(f"redis-server did not start: {error}") from error
            time.sleep(0.01)
