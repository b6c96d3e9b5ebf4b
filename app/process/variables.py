"""Settings read from variables: a mapping in place of the process's environment, and lists in one line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode

OF_THE_CLIENT = frozenset(("PINCITE_SERVER", "PINCITE_KEY"))
"""Variables that say which server commands work against; they are no settings."""


def comma_list(value: Any) -> Any:
    """Text as the list it is; anything else as it is."""
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return value


def _named_lists(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    named: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in value.split(";"))):
        name, equals, models = part.partition("=")
        if not equals or not models.strip():
            raise ValueError(f"{part!r} is not of the form name=model,model")
        if name.strip() in named:
            raise ValueError(f"{name.strip()!r} is there twice")
        named[name.strip()] = comma_list(models)
    return named


def _prices(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found: dict[str, list[str]] = {}
    for part in filter(None, (part.strip() for part in value.split(";"))):
        model, equals, price = part.rpartition("=")
        amounts = price.split("/")
        if not equals or not model.strip() or len(amounts) != 2:
            raise ValueError(f"{part!r} is not of the form model=READ/WRITTEN, US dollars a million tokens")
        if model.strip() in found:
            raise ValueError(f"{model.strip()!r} is there twice")
        found[model.strip()] = [amount.strip() for amount in amounts]
    return found


CommaList = Annotated[list[str], NoDecode, BeforeValidator(comma_list)]
"""``a,b``"""

NamedLists = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")], list[str]],
    NoDecode,
    BeforeValidator(_named_lists),
]
"""``one=a,b; other=c``"""

_UsdPerMtok = Annotated[float, Field(ge=0, le=10_000)]
ModelPrices = Annotated[dict[str, tuple[_UsdPerMtok, _UsdPerMtok]], NoDecode, BeforeValidator(_prices)]
"""``model=0.1/0.4; other=0/0``: US dollars for a million tokens read, and written."""


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
