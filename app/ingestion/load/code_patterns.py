"""How definitions begin in languages that are read without a parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

_MODIFIERS = (
    r"(?:(?:public|private|protected|internal|static|final|abstract|sealed|override|virtual|async|export|default"
    r"|open|data|inline|partial|readonly|declare|suspend|synchronized|native|extern|unsafe|const|pub(?:\([\w:]+\))?"
    r"|mutating|fileprivate|implicit|case|lazy|annotation|inner|companion|operator|strictfp)\s+){0,8}"
)
_TYPE = (
    r"(?P<box>class|interface|struct|enum|trait|record|object|namespace|module|protocol|extension|impl|union|type)"
    r"\b\s*(?:<[^(){};\n]{0,80}>\s*)?\s(?:[\w:<>, &']{1,80}\s+for\s+)?"
)
_NAME = r"(?P<name>[A-Za-z_$][\w$]*)"
_NOT_A_STATEMENT = (
    r"(?!(?:if|for|while|switch|catch|return|else|new|throw|do|try|using|lock|foreach|await|yield|case)\b)"
)
# Words before a name, parentheses after it, and then a body.
_METHOD = (
    _NOT_A_STATEMENT
    + _MODIFIERS
    + r"(?:<[^(){};\n]{0,80}>\s*)?(?:"
    + _NOT_A_STATEMENT
    + r"[\w$<>\[\],.?*&: ]{1,80}[\s*&]+)?~?"
    + _NAME
    + r"\s*\([^;{}]{0,800}\)[^;{}=]{0,120}\{"
)
_FUNCTION = _MODIFIERS + r"function\s*[*&]?\s*" + _NAME
_ARROW = (
    _MODIFIERS
    + r"(?:const|let|var)\s+"
    + _NAME
    + r"\s*(?::[^=\n]{1,80})?=\s*(?:async\s*)?(?:function\b|\([^()\n]{0,400}\)[^=\n]{0,60}=>|\w+\s*=>)"
)
_SCRIPT_METHOD = (
    _NOT_A_STATEMENT
    + _MODIFIERS
    + r"(?:get\s+|set\s+|\*\s*)?(?!function\b)#?"
    + _NAME
    + r"\s*\([^;{}()]{0,800}\)(?:\s*:\s*[^={};\n]{1,60})?\s*\{"
)
_SCRIPT = (_FUNCTION, _ARROW, _SCRIPT_METHOD)
# What may begin a definition besides a type; types may stand in types, so these are read by indentation.
_IN_BOXES: dict[str, tuple[str, ...]] = {
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "java": (_METHOD,),
    "csharp": (_METHOD,),
    "c": (_METHOD,),
    "cpp": (_METHOD,),
    "php": (_FUNCTION,),
    "kotlin": (_MODIFIERS + r"fun\s+(?:<[^>\n]{1,80}>\s*)?(?:[\w<>]+\.)?" + _NAME,),
    "scala": (_MODIFIERS + r"def\s+" + _NAME,),
    "swift": (_MODIFIERS + r"func\s+" + _NAME,),
    "rust": (_MODIFIERS + r"fn\s+" + _NAME,),
}
# The others, whole. Groups: name (or name0 …); box where it may hold others; of for what it belongs to.
_WHOLE = {
    "go": r"(?:func\s+(?:\(\s*\w*\s*\*?(?P<of>\w+)[^)]*\)\s*)?(?P<name>\w+)|type\s+(?P<name0>\w+)\s)",
    "ruby": (
        r"(?P<indent>[ \t]*)"
        r"(?:(?P<box>class|module)\s+(?P<name>[\w:]+)|def\s+(?:self\.)?(?P<name0>\w+[?!=]?))"
    ),
    "perl": r"(?:sub|package)\s+(?P<name>[\w:]+)",
    "lua": r"(?:local\s+)?function\s+(?P<name>[\w.:]+)",
    "r": r"(?P<name>[\w.]+)\s*(?:<-|=)\s*function\b",
    "shell": r"(?:function\s+(?P<name>[\w-]+)|(?P<name0>[\w-]+)\s*\(\))",
    "powershell": r"(?i:function|filter|class)\s+(?P<name>[\w:-]+)",
    "sql": (
        r"(?i:create\s+(?:or\s+replace\s+)?(?:\w+\s+){0,3}?"
        r"(?:table|view|function|procedure|index|trigger|type|schema|sequence)\s+(?:if\s+not\s+exists\s+)?)"
        r"(?P<name>[\w.\"`\[\]]+)"
    ),
    "terraform": (
        r"(?:(?:resource|data)\s+\"[\w-]+\"\s+\"(?P<name>[\w-]+)\""
        r"|(?:module|variable|output|provider)\s+\"(?P<name0>[\w-]+)\")"
    ),
    "protobuf": r"(?:message|service|enum)\s+(?P<name>\w+)",
    "graphql": r"(?:type|interface|enum|input|union|scalar|query|mutation)\s+(?P<name>\w+)",
    "yaml": r"[\"']?(?P<name>[\w./-][\w ./-]*)[\"']?:(?=\s|$)",
    "toml": r"\[{1,2}(?P<name>[^\[\]\n]+)\]{1,2}",
    "ini": r"\[(?P<name>[^\]\n]+)\]",
    # A module that is not valid for this Python.
    "python": r"(?P<indent>[ \t]*)(?:(?P<box>class)|(?:async\s+)?def)\s+(?P<name>\w+)",
}


@cache
def _pattern(language: str) -> re.Pattern[str] | None:
    if language in _IN_BOXES:
        starts = [_MODIFIERS + _TYPE + _NAME, *_IN_BOXES[language]]
        either = "|".join(start.replace("?P<name>", f"?P<name{i}>") for i, start in enumerate(starts))
        return re.compile(rf"^(?P<indent>[ \t]*+)(?:{either})", re.MULTILINE)
    return re.compile("^" + _WHOLE[language], re.MULTILINE) if language in _WHOLE else None


_COMMENT = re.compile(r"\s*(?://|#(?!include|define|if|endif|else|pragma)|/\*|\*|--|;|@|\[\w)")
_MAX_INDENT = 8


def definitions(text: str, language: str) -> Iterator[tuple[int, int, str]]:
    """Each definition as (offset of its first line with the comments above it, end of its head, name).

    >>> list(definitions("// Adds.\\nfunc Add(a int) int {\\n\\treturn a\\n}", "go"))
    [(0, 30, 'Add')]
    """
    pattern = _pattern(language)
    if pattern is None:
        return
    boxes: list[tuple[int, str]] = []
    for found in pattern.finditer(text):
        groups = found.groupdict()
        indent = len((groups.get("indent") or "").expandtabs(4))
        name = next(filter(None, (value for key, value in groups.items() if key.startswith("name"))), "")
        boxes = [box for box in boxes if box[0] < indent]
        if not name or indent > _MAX_INDENT or (indent and not boxes):
            continue
        above = groups.get("of") or (boxes[-1][1] if boxes else "")
        full = f"{above}.{name}" if above else name
        if groups.get("box"):
            boxes.append((indent, full))
        line_end = text.find("\n", found.end())
        start = _with_comments(text, found.start())
        while text[start].isspace():
            start += 1
        yield start, line_end if line_end >= 0 else len(text), full.strip()


def _with_comments(text: str, start: int) -> int:
    """The start of the comment or annotation lines right above the line that starts at ``start``."""
    while start:
        above = text.rfind("\n", 0, start - 1) + 1
        if not _COMMENT.match(text, above, start):
            break
        start = above
    return start
