"""Read versioned prompt files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from langchain_core.prompts import ChatPromptTemplate


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
    _, head, body = raw.split("---\n", 2)
    version = yaml.safe_load(head).get("version")
    before, system_mark, rest = body.partition("## system\n")
    system, human_mark, human = rest.partition("## human\n")
    if not isinstance(version, int) or before.strip() or not (system_mark and human_mark):
        raise ValueError(f"prompt {name}: needs a version, then '## system' and '## human', nothing before")
    template = ChatPromptTemplate([("system", system.strip()), ("human", human.strip())])
    return Prompt(name, version, hashlib.sha256(raw.encode()).hexdigest(), template)
