"""Switch off what the libraries would phone home, before they are imported."""

from __future__ import annotations

import os

QUIET = {
    "ANONYMIZED_TELEMETRY": "False",
    "GUARDRAILS_RUN_SYNC": "true",
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
    """Set ``QUIET`` in the environment; values that are there stay."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


def quiet_guardrails() -> None:
    """Turn Guardrails' metrics off for good.

    Its settings are read again from a file in the home folder by every Guard, so switching them off on the
    object does not last; the reading itself is replaced.
    """
    from guardrails import settings
    from guardrails.classes.rc import RC

    def load(cls: type[RC], logger: object = None) -> RC:
        return cls(enable_metrics=False)

    RC.load = classmethod(load)
    settings.rc = RC.load()
