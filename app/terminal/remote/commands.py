"""Which commands work against a server, in the place of those that work on this machine."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from app.api.client.call import ProblemError
from app.api.client.synchronous import PinciteClient
from app.errors import PinciteError
from app.terminal.remote.asking import remote_ask
from app.terminal.remote.documents import remote_add, remote_list, remote_show, remote_text
from app.terminal.remote.records import (
    remote_answers_list,
    remote_answers_show,
    remote_facets,
    remote_job_cancel,
    remote_job_retry,
    remote_job_show,
    remote_jobs_list,
    remote_threads_delete,
    remote_threads_list,
    remote_usage,
    remote_verify,
)
from app.terminal.remote.server_keys import (
    remote_keys_create,
    remote_keys_list,
    remote_keys_revoke,
    remote_keys_rotate,
)

Remote = Callable[..., int]
"""Takes a client and the command's own arguments; gives the exit code."""

COMMANDS: dict[str, Remote | dict[str, Remote]] = {
    "ask": remote_ask,
    "list": remote_list,
    "add": remote_add,
    "show": remote_show,
    "text": remote_text,
    "facets": remote_facets,
    "usage": remote_usage,
    "verify": remote_verify,
    "answers": {"list": remote_answers_list, "show": remote_answers_show},
    "threads": {"list": remote_threads_list, "delete": remote_threads_delete},
    "jobs": {
        "list": remote_jobs_list,
        "show": remote_job_show,
        "cancel": remote_job_cancel,
        "retry": remote_job_retry,
    },
    "keys": {
        "create": remote_keys_create,
        "list": remote_keys_list,
        "rotate": remote_keys_rotate,
        "revoke": remote_keys_revoke,
    },
}


class OnThisMachineError(PinciteError, ValueError):
    """A command, or an option of one, that no server does."""

    code = "on-this-machine"
    status = 422


class ServerAddressError(PinciteError, ValueError):
    """What is given as a server's address is none."""

    code = "server-address"
    status = 422


class ServerKeyError(PinciteError, PermissionError):
    """The server asks for a key, and there is none, or another."""

    code = "server-key"
    status = 401


def server_address(given: str) -> str:
    """The address without a path: one that ends in ``/v1``, as OpenAI's clients need it, is the same server.

    Raises:
        ServerAddressError: it is no HTTP address.

    >>> server_address("http://127.0.0.1:8000/v1/")
    'http://127.0.0.1:8000'
    """
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ServerAddressError(f"{given!r} is no address of a server; write it as http://127.0.0.1:8000")
    return given.rstrip("/").removesuffix("/v1")


def remote_command(local: Any, name: str, url: str) -> Any:
    """The command of the command line that does what ``local`` does, with its options, at a server."""
    found = COMMANDS.get(name)
    nested = getattr(local, "commands", None)
    if nested is None:
        return _replaced(local, name, found if callable(found) else None, url)
    known = found if isinstance(found, dict) else {}
    group = copy.copy(local)
    group.commands = {
        one: _replaced(command, f"{name} {one}", known.get(one), url) for one, command in nested.items()
    }
    return group


def _replaced(local: Any, name: str, does: Remote | None, url: str) -> Any:
    def work(**given: Any) -> None:
        if does is None:
            raise OnThisMachineError(
                f"`{name}` works on the machine itself; call it there, without --server and PINCITE_SERVER"
            )
        key = os.environ.get("PINCITE_KEY", "")
        address = server_address(url)
        try:
            with PinciteClient(address, key) as client:
                raise SystemExit(does(client, **given))
        except ProblemError as error:
            if error.http_status != 401:
                raise
            what = "is not taken" if key else "is not set"
            raise ServerKeyError(
                f"{address} asks for a key, and PINCITE_KEY {what}: {error}; a key is made on the server's "
                "machine with: pincite keys create NAME --user USER"
            ) from None

    command = copy.copy(local)
    command.callback = work
    return command
