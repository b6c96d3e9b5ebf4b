"""The judges' prompts: one file each, one failure each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files

import yaml

from evals.errors import EvalError


@dataclass(frozen=True, slots=True)
class JudgePrompt:
    """``applies`` is the status of the answers it judges; ``sha256`` is of the whole file."""

    name: str
    version: int
    about: str
    applies: str
    text: str
    sha256: str


def judge_names() -> list[str]:
    """Every judge there is."""
    folder = files(__package__) / "prompts"
    return sorted(path.name.removesuffix(".md") for path in folder.iterdir() if path.name.endswith(".md"))


def load_judge(name: str) -> JudgePrompt:
    """Read ``prompts/NAME.md``.

    >>> load_judge("off-question").applies
    'answered'

    Raises:
        EvalError: there is no such judge.
    """
    if name not in judge_names():
        raise EvalError(f"no judge {name!r}; there are: {', '.join(judge_names())}")
    raw = (files(__package__) / "prompts" / f"{name}.md").read_text(encoding="utf-8")
    _, head, text = raw.split("---\n", 2)
    about = yaml.safe_load(head)
    sha256 = hashlib.sha256(raw.encode()).hexdigest()
    return JudgePrompt(name, about["version"], about["about"], about["applies"], text.strip(), sha256)


def pinned(prompt: JudgePrompt, model: str) -> str:
    """What a calibration is of: this prompt, asked of this model. Another of either is another judge.

    >>> pinned(load_judge("off-question"), "a") == pinned(load_judge("off-question"), "b")
    False
    """
    return hashlib.sha256(f"{prompt.sha256} {model}".encode()).hexdigest()[:16]
