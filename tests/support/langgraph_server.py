"""`langgraph dev` over a data folder: no key, no checkout's .env, on loopback, with a login or without."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]

LOGIN = """
from langgraph_sdk import Auth

from app.conversations.server_owners import keep_owners

auth = Auth()
PEOPLE = {
    "Bearer ann": {"identity": "ann", "groups": ["sales"]},
    "Bearer hilda": {"identity": "hilda", "groups": ["sales", "hr"]},
}


@auth.authenticate
async def who(authorization: str | None) -> dict:
    if authorization not in PEOPLE:
        raise Auth.exceptions.HTTPException(status_code=401, detail="who are you?")
    return PEOPLE[authorization]


keep_owners(auth)
"""
"""A server's `auth` handler with two people, of whom hilda may read what `hr` may."""


@contextmanager
def langgraph_dev(
    home: Path, folder: Path, *, login: str = "", variables: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The address of a server that runs for the length of the block; its log is ``folder/log``."""
    config = json.loads((ROOT / "langgraph.json").read_text())
    if login:
        (folder / "login.py").write_text(login)
        config["auth"] = {"path": "./login.py:auth", "disable_studio_auth": True}
    (folder / "langgraph.json").write_text(json.dumps(config))
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = str(chosen.getsockname()[1])
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PINCITE_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "LANGGRAPH_NO_VERSION_CHECK": "true",
        **(variables or {}),
    }
    command = [str(Path(sys.executable).with_name("langgraph")), "dev", "--no-browser", "--no-reload"]
    command += ["--n-jobs-per-worker", "10", "--port", port]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 60
        while not _is_up(url):
            running = process.poll() is None and time.monotonic() < end
            assert running, (folder / "log").read_text()[-3000:]
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ok", timeout=1).status_code == 200
    except httpx.TransportError:
        return False
