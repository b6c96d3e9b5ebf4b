"""What `pincite serve` refuses before anything is opened, and that a second signal ends its waiting."""

from __future__ import annotations

import asyncio
import signal
import socket

import pytest
import uvicorn

from app.api.serve import DrainingServer, refuse_taken_port
from app.controls.drain import Drain, EndingError
from app.errors import SettingsError


def test_a_port_that_another_program_has_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"another program listens on port {port}.*--port"):
            refuse_taken_port("127.0.0.1", port)
    refuse_taken_port("127.0.0.1", port)
    refuse_taken_port("127.0.0.1", 0)


def test_an_address_that_is_not_ours_is_said() -> None:
    with pytest.raises(SettingsError, match="cannot be listened on"):
        refuse_taken_port("192.0.2.1", 0)


@pytest.mark.anyio
async def test_a_second_signal_ends_the_waiting(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "uvicorn.error")
    drain = Drain()

    async def work() -> None:
        with drain.taken():
            await asyncio.Event().wait()

    async def nothing(scope: object, receive: object, send: object) -> None:
        del scope, receive, send

    config = uvicorn.Config(nothing, lifespan="off", log_config=None)
    config.load()
    server = DrainingServer(config, drain, 600)
    server.servers = []
    server.lifespan = config.lifespan_class(config)
    going = asyncio.ensure_future(work())
    await asyncio.sleep(0)
    server.handle_exit(signal.SIGINT, None)
    ending = asyncio.ensure_future(server.shutdown())
    await asyncio.sleep(0)
    assert not going.done()
    server.handle_exit(signal.SIGTERM, None)
    await ending
    assert isinstance(going.exception(), EndingError)
    assert not server.force_exit
    assert "Waiting 600 s at most for 1 question to be answered" in caplog.text
