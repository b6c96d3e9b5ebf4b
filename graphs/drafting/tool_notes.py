"""What a model that may call tools is told before the question: calls left, what became of others."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from graphs.drafting.read import one_line

SHOWN = 200
"""Characters of a call's arguments that are repeated to the model that wrote them."""


def tool_notes(called: Sequence[Mapping[str, Any]], left: int, seconds: float, tokens: int) -> str:
    """``called`` as a receipt has them; ``seconds`` that are left for all model calls, ``tokens`` of a reply.

    A paragraph that ends in a line break.

    >>> print(tool_notes([{"tool": "look", "args": {"at": 1}, "found": [1, 2]}], 1, 29.6, 1024), end="")
    You may call tools 1 more time for this question, then the answer is due.
    All your replies to it share a limit of time, of which 29 seconds are left; one may have 1024 tokens.
    Called so far:
    - look {"at": 1}: 2 passages, among those above
    <BLANKLINE>
    """
    times = "1 more time" if left == 1 else f"{left} more times"
    told = f"You may call tools {times} for this question, then the answer is due."
    lines = [told if left > 0 else "No more tools can be called: the answer is due."]
    lines.append(
        f"All your replies to it share a limit of time, of which {max(int(seconds), 0)} seconds are left; "
        f"one may have {tokens} tokens."
    )
    if called:
        lines += ["Called so far:", *(f"- {_call(one)}: {_became(one)}" for one in called)]
    return "\n".join([*lines, "", ""])


def _call(one: Mapping[str, Any]) -> str:
    return f"{one['tool']} {one_line(json.dumps(one['args'], ensure_ascii=False, default=str))[:SHOWN]}"


def _became(one: Mapping[str, Any]) -> str:
    if one.get("decision") == "deny":
        return f"not run, {one_line(str(one['why']))}"
    if "failed" in one:
        return f"failed{f', {one_line(told)}' if (told := str(one.get('told') or '')) else ''}"
    count = len(one["found"])
    return f"{count} passage{'s' if count != 1 else ''}, among those above"
