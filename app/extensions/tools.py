"""Tools that other distributions bring."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from langchain_core.tools import BaseTool

from app.extensions.entry_points import TOOLS, Extension, chosen
from tools.policy.decide import rule_of_two
from tools.policy.declaration import DeclarationError, declaration_of

SETTING = "PINCITE_EXTENSIONS__TOOLS"


def active_tools(names: Sequence[str], taken: Collection[str]) -> list[BaseTool]:
    """The named tools. ``taken`` are names that the graph has in use.

    Raises:
        ExtensionError: one is not installed, cannot be loaded, is not a tool, or has a name in use.
    """
    tools: list[BaseTool] = []
    for extension in chosen(TOOLS, names, SETTING):
        tools.append(load_tool(extension, {*taken, *(tool.name for tool in tools)}))
    return tools


def load_tool(extension: Extension, taken: Collection[str] = ()) -> BaseTool:
    """The tool of an entry point: a ``BaseTool``, or a function without arguments that makes one.

    Raises:
        ExtensionError: it cannot be loaded, is not a tool, has a name that is taken, or declares what cannot
            be or may not be (``tools.policy``).
    """
    tool = extension.load()
    if not isinstance(tool, BaseTool) and callable(tool):
        try:
            tool = tool()
        except Exception as error:
            raise extension.error(f"cannot be made ({type(error).__name__}: {error})") from error
    if not isinstance(tool, BaseTool):
        raise extension.error(f"is a {type(tool).__name__}, not a LangChain tool")
    if tool.name in taken:
        raise extension.error(f"makes a tool called {tool.name!r}, a name that is in use")
    try:
        wrong = rule_of_two(tool.name, declaration_of(tool))
    except DeclarationError as error:
        wrong = str(error)
    if wrong:
        raise extension.error(f"may not be used: {wrong}")
    return tool
