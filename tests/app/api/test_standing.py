"""Servers on one data folder know of each other, and of none that was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.api.standing import not_shared, servers_on, standing
from app.controls.settings import LimitSettings
from app.settings import Settings

STANDS = """
import os, signal, sys
from pathlib import Path
from app.api.standing import standing
from app.settings import Settings
with standing(Settings(home=Path(sys.argv[1]))) as others:
    print(others, flush=True)
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="a signal of POSIX")
def test_a_server_counts_the_others_and_not_those_that_were_killed(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert servers_on(settings) == 0
    assert not (tmp_path / "default").exists()
    command = [sys.executable, "-c", STANDS, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "0\n"
        assert servers_on(settings) == 1
        with standing(settings) as others:
            assert others == 1
            assert servers_on(settings) == 2
        assert servers_on(settings) == 1
        other.stdin.close()
        assert other.wait() == -signal.SIGKILL
    assert servers_on(settings) == 0
    with standing(settings) as others:
        assert others == 0


def test_what_is_not_shared_is_said() -> None:
    assert "PINCITE_LIMITS__STORAGE" in not_shared(Settings())
    shared = Settings(limits=LimitSettings(storage=SecretStr("redis://h")))
    assert not_shared(shared).startswith("the queue")
