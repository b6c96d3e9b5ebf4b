"""What a person at the terminal is asked before a tool acts, and what they decide."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from app.terminal.printable import one_line


def approve_at_terminal(
    console: Console, read: Callable[[str], str] = input
) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Show each call and ask: yes, edit, or no, which is also what an empty line and an end of input say."""

    def approve(request: Mapping[str, Any]) -> dict[str, Any]:
        return {"decisions": [_decided(one, console, read) for one in request["action_requests"]]}

    return approve


def _decided(one: Mapping[str, Any], console: Console, read: Callable[[str], str]) -> dict[str, Any]:
    console.print(Text(f"\n  {one_line(one['description'])}", style="yellow"))
    for name, value in one["args"].items():
        console.print(Text(f"    {one_line(name)}: {one_line(_shown(value))}"))
    said = _read(read, f"  Run {one['name']}? [y]es, [e]dit, [N]o: ").strip().lower()
    if said in ("y", "yes"):
        return {"type": "approve"}
    if said in ("e", "edit"):
        return _edited(one, console, read)
    return {"type": "reject"}


def _edited(one: Mapping[str, Any], console: Console, read: Callable[[str], str]) -> dict[str, Any]:
    args = dict(one["args"])
    for name, value in one["args"].items():
        given = _read(read, f"    {one_line(name)} (as it is when empty): ").strip()
        if not given:
            continue
        try:
            args[name] = given if isinstance(value, str) else json.loads(given)
        except json.JSONDecodeError:
            console.print(Text("    That is not JSON; it is not run.", style="yellow"))
            return {"type": "reject"}
    return {"type": "edit", "edited_action": {"name": one["name"], "args": args}}


def _read(read: Callable[[str], str], prompt: str) -> str:
    try:
        return read(prompt)
    except EOFError:
        return ""


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
