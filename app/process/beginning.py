"""What a process of our own is begun with. Embedding applications do without: theirs is left as it is."""

from __future__ import annotations

import atexit
import gc
from pathlib import Path

from app.process.telemetry import quiet_libraries


def begin_process(env_file: Path = Path(".env")) -> None:
    """Add what ``env_file`` holds to the environment, where providers' libraries look for their keys.

    And switch off what libraries would phone home; what is set stays. The process ends without a last search
    for cycles among its objects, which took 1 of the 1.2 seconds that a server needed to end.
    """
    # First to be registered, so the last to run: everything that closes itself has done so.
    atexit.register(gc.freeze)
    if env_file.is_file():
        from dotenv import load_dotenv

        load_dotenv(env_file, override=False)
    quiet_libraries()
