"""Settings read from a mapping, in place of the process's environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, EnvSettingsSource


def known_variables(env_file: Path | None) -> dict[str, str]:
    """The environment, and what ``env_file`` holds and it lacks. Neither is changed."""
    if env_file is None or not env_file.is_file():
        return dict(os.environ)
    from dotenv import dotenv_values

    found = {name: value for name, value in dotenv_values(env_file).items() if value is not None}
    return {**found, **os.environ}


def read_from(settings: type[BaseSettings], variables: Mapping[str, str]) -> dict[str, Any]:
    """The fields of ``settings`` that ``variables`` give, as its constructor takes them."""
    source = EnvSettingsSource(settings)
    source.env_vars = {name.lower(): value for name, value in variables.items() if value}
    return source()
