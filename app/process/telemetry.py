"""Switch off what the libraries would phone home, before they are imported."""

from __future__ import annotations

import os

QUIET = {
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_OFFLINE": "1",
    "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    "LANGGRAPH_NO_VERSION_CHECK": "true",
    "LANGSMITH_USE_DAEMON": "true",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "ORT_DISABLE_TELEMETRY": "1",
}
"""Variables set where the user has not set them. LangSmith's daemon thread never holds up an exit.

ONNX Runtime reads its own once, when it is imported; without it, it sends events to Microsoft.
"""


def quiet_libraries() -> None:
    """Set ``QUIET`` in the environment of a process that is ours; values that are there stay."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
