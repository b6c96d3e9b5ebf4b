"""Which installed guards and tools are used: none that is not named."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import NoDecode


def _names(value: Any) -> Any:
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return value


Names = Annotated[list[str], NoDecode, BeforeValidator(_names)]


class ExtensionSettings(BaseModel):
    """What other distributions bring; `pincite doctor` lists it. Loaders are used when installed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    guards: Names = Field(
        default_factory=list, description="Installed guards that are asked, in this order, comma-separated."
    )
    tools: Names = Field(
        default_factory=list, description="Installed tools that a chat model may call, comma-separated."
    )
