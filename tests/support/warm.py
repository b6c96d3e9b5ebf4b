"""What the fork server imports last: everything a run of `pincite` needs, the embedding model loaded."""

from __future__ import annotations

from app.process.telemetry import quiet_libraries

quiet_libraries()

import tests.support.cli  # noqa: E402, F401
from tests.support.warm_model import load_now  # noqa: E402

load_now()
