"""The default path opens no connection and looks no name up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# Every way out of Python is closed; whoever tries leaves a line, even if the exception is swallowed.
CLOSED = """
import os, socket, sys

def refuse(what):
    def refused(*args, **kwargs):
        target = args[-1] if args else ""
        if isinstance(target, tuple) or what != "connect":
            os.write(2, f"NETWORK {what} {args!r}\\n".encode())
            raise OSError("no network here")
        raise OSError("no sockets here")
    return refused

socket.socket.connect = refuse("connect")
socket.socket.connect_ex = refuse("connect")
socket.socket.sendto = refuse("sendto")
for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "create_connection"):
    setattr(socket, name, refuse(name))
from app.cli import main
for arguments in sys.argv[1].split("|"):
    sys.argv = ["pincite", *arguments.split("^")]
    try:
        main()
    except SystemExit as end:
        print(f"code {end.code}", flush=True)
"""


def test_adding_and_asking_need_no_network_at_all(documents: Path, tmp_path: Path) -> None:
    commands = f"add^{documents}|ask^How many volts does the Heron gateway need?|doctor"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CLOSED, commands],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PINCITE_HOME": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.stderr == ""
    assert done.stdout.count("code 0") == 3
    assert "12 volts" in done.stdout
    # ONNX Runtime's telemetry leaves an identifier of the device there; Guardrails' leaves its settings.
    assert [path.name for path in tmp_path.iterdir()] == ["data"], "something wrote to the home folder"
