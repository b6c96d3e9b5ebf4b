"""Names of the tools that come with Pincite, and which of them models may call by default."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator
from pydantic_settings import NoDecode

from app.process.variables import comma_list

BuiltInTool = Literal[
    "search_documents", "list_documents", "read_document", "query_table", "compute", "ask_person"
]

BUILT_IN: tuple[BuiltInTool, ...] = get_args(BuiltInTool)
"""Names that no other tool may have."""

BY_DEFAULT: tuple[BuiltInTool, ...] = (
    "search_documents",
    "list_documents",
    "read_document",
    "query_table",
    "compute",
)
"""Those that change nothing and send nothing."""

ToolNames = Annotated[list[BuiltInTool], NoDecode, BeforeValidator(comma_list)]
"""``a,b``, of tools that there are."""
