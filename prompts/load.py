"""Read versioned prompt files."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from langchain_core.prompts import ChatPromptTemplate

_FILE = re.compile(
    r"---\n(?P<head>.*?)^---\n\s*^## system\n(?P<system>.*?)^## human\n(?P<human>.*)", re.S | re.M
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt. ``sha256`` is of the whole file, so a receipt can name exactly what was sent.

    ``family`` is the family of models it was written for; empty: any. ``version`` counts a file's versions,
    or is the commit of one that was pulled from a hub.
    """

    name: str
    version: int | str
    sha256: str
    template: ChatPromptTemplate
    family: str = ""

    def entry(self) -> dict[str, Any]:
        """The prompt as a receipt names it."""
        name = f"{self.name}.{self.family}" if self.family else self.name
        return {"name": name, "version": self.version, "sha256": self.sha256}


def load_prompt(name: str, family: str | None = None) -> Prompt:
    """Read ``prompts/NAME.FAMILY.md`` where there is one, else ``prompts/NAME.md``.

    A file is front matter with ``name``, ``version``, ``family`` (of models; ``any`` where there is only one
    file) and ``variables``, then ``## system`` and ``## human``.

    >>> load_prompt("answer").template.input_variables
    ['evidence', 'failures', 'question']

    Raises:
        FileNotFoundError: there is no such prompt.
        ValueError: the file lacks something, or is not what its front matter says.
    """
    if family and (files(__package__) / f"{name}.{family}.md").is_file():
        return _read(f"{name}.{family}")
    return _read(name)


@cache
def _read(stem: str) -> Prompt:
    raw = (files(__package__) / f"{stem}.md").read_text(encoding="utf-8")
    file = _FILE.fullmatch(raw)
    try:
        head = yaml.safe_load(file["head"]) if file else None
    except yaml.YAMLError:
        head = None
    if file is None or not isinstance(head, dict):
        raise ValueError(f"prompt {stem}: needs front matter, then '## system' and '## human', nothing else")
    name, _, family = stem.partition(".")
    if type(head.get("version")) is not int:
        raise ValueError(f"prompt {stem}: its version must be a whole number")
    if head.get("name") != name or head.get("family") != (family or "any"):
        raise ValueError(f"prompt {stem}: its name must be {name!r} and its family {family or 'any'!r}")
    template = make_template(file["system"], file["human"])
    if sorted(head.get("variables") or ()) != sorted(template.input_variables):
        raise ValueError(
            f"prompt {stem}: says its variables are {head.get('variables')}, its text has "
            f"{template.input_variables}"
        )
    return Prompt(name, head["version"], hashlib.sha256(raw.encode()).hexdigest(), template, family)


def make_template(system: str, human: str) -> ChatPromptTemplate:
    """The two messages of a prompt; ``{name}`` in them is a variable."""
    return ChatPromptTemplate([("system", system.strip()), ("human", human.strip())])
