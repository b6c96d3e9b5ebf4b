"""Read versioned prompt files."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from langchain_core.prompts import ChatPromptTemplate

_FILE = re.compile(
    r"---\n(?P<head>.*?)^---\n\s*^## system\n(?P<system>.*?)^## human\n(?P<human>.*)", re.S | re.M
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt file: ``sha256`` is of the whole file, so a receipt can name exactly what was sent."""

    name: str
    version: int
    sha256: str
    template: ChatPromptTemplate


@cache
def load_prompt(name: str) -> Prompt:
    """Read ``prompts/NAME.md``: front matter with ``version``, then ``## system`` and ``## human``.

    >>> load_prompt("answer").template.input_variables
    ['evidence', 'failures', 'question']

    Raises:
        FileNotFoundError: there is no such prompt.
        ValueError: the file lacks its version or a section.
    """
    raw = (files(__package__) / f"{name}.md").read_text(encoding="utf-8")
    file = _FILE.fullmatch(raw)
    head = yaml.safe_load(file["head"]) if file else None
    version = head.get("version") if isinstance(head, dict) else None
    if file is None or type(version) is not int:
        raise ValueError(f"prompt {name}: needs a version, then '## system' and '## human', nothing before")
    system, human = file["system"], file["human"]
    template = ChatPromptTemplate([("system", system.strip()), ("human", human.strip())])
    return Prompt(name, version, hashlib.sha256(raw.encode()).hexdigest(), template)
