"""Whether a tool may be called so: pure, from what it declares, its arguments and what these derive from."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tools.policy.declaration import LEVELS, Level, ToolDeclaration
from tools.policy.labels import Labels

Action = Literal["allow", "ask", "deny"]

REVIEWED = 4000
"""Characters of arguments, as JSON, that a person is asked to look at."""

_JOINER = re.compile("(?<=[^\\x00-\\x7f\u200c\u200d])[\u200c\u200d](?=[^\\x00-\\x7f\u200c\u200d])")
"""One by itself, as Persian and Indic words and composed emoji are written."""

LONGEST = 100_000
"""Characters of arguments that any tool is given."""

_SAYS: dict[Level, str] = {
    "public": "anybody may know",
    "tenant": "everybody here may know",
    "groups": "only some groups may know",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """``why`` is one clause for people, without a word of the arguments."""

    action: Action
    why: str


def decide(declaration: ToolDeclaration, arguments: Mapping[str, Any], labels: Labels) -> Decision:
    """Whether a call goes ahead, waits for a person, or does not happen.

    What is too confidential for the tool is refused, whoever would approve: who asks a question is not who
    may declassify a document. What acts, or takes no unchecked arguments, is asked about as soon as anything
    untrusted had a part in it. A person is only asked about what they can read.
    """
    size = len(_as_json(arguments))
    if size > LONGEST:
        return Decision("deny", f"its arguments have {size} characters, more than {LONGEST}")
    if LEVELS.index(labels.level) > LEVELS.index(declaration.highest):
        told = f"its arguments derive from what {_SAYS[labels.level]}"
        return Decision("deny", f"{told}, and it may be given what {_SAYS[declaration.highest]} at most")
    if labels.integrity == "trusted":
        return Decision("allow", "nothing but the question itself had a part in it")
    if not may_be_asked_about(declaration):
        return Decision("allow", "it declares that it may be given what nobody has checked")
    if size > REVIEWED:
        return Decision("deny", f"its arguments have {size} characters, too many for a person to check")
    if hides(arguments):
        return Decision("deny", "its arguments have characters that a person does not see")
    does = " and ".join(
        what for what, true in (("changes", declaration.writes), ("sends out", declaration.sends_out)) if true
    )
    return Decision("ask", f"it {does} something" if does else "its arguments are to be checked")


def may_be_asked_about(declaration: ToolDeclaration) -> bool:
    """Whether there are arguments that a person is to see before the tool is called with them."""
    return not (declaration.accepts_untrusted and (not declaration.acts or _no_private_data(declaration)))


def _no_private_data(declaration: ToolDeclaration) -> bool:
    return not declaration.reads and declaration.highest == "public"


def rule_of_two(name: str, declaration: ToolDeclaration) -> str:
    """Why a tool may not be in a graph; empty where it may.

    The rule ("Agents Rule of Two", Meta AI, 2025): untrusted input, private data, and change or egress never
    meet without a person. Here documents are untrusted and private, so it is for the tool not to take them
    unchecked and act.
    """
    if not (declaration.accepts_untrusted and declaration.acts) or _no_private_data(declaration):
        return ""
    does = "writes" if declaration.writes else "sends out"
    private = "reads" if declaration.reads else "may be given"
    return (
        f"the tool {name!r} takes untrusted arguments, {private} private data and {does}, with no person "
        "between: declare accepts_untrusted=False, and a person is asked"
    )


def _as_json(arguments: Mapping[str, Any]) -> str:
    return json.dumps(arguments, ensure_ascii=False, default=str)


def hides(arguments: Mapping[str, Any]) -> bool:
    """Whether it holds what is not shown or turns what is: format, private and unassigned characters, and
    controls that are no white space."""
    return any(_unseen(character) for value in _strings(arguments) for character in _JOINER.sub("", value))


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Cc", "Co", "Cn", "Cs") and character not in "\n\r\t"


def _strings(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for pair in value.items() for one in pair for text in _strings(one)]
    if isinstance(value, list | tuple | set | frozenset):
        return [text for one in value for text in _strings(one)]
    return [str(value)]
