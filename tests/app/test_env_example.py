"""`.env.example` names every setting, with its default, and nothing that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

from app.settings import PREFIX, variables

EXAMPLE = (Path(__file__).resolve().parents[2] / ".env.example").read_text(encoding="utf-8")


def test_every_setting_is_there_once_and_explained() -> None:
    named = re.findall(rf"^# ({PREFIX}[A-Z0-9_]+)=", EXAMPLE, re.MULTILINE)
    assert named == [name for name, _, _ in variables()]
    for name, description, _ in variables():
        assert description, f"{name} has no description"
        above = EXAMPLE.split(f"# {name}=")[0].rsplit("\n\n", 1)[-1].replace("\n# ", " ")
        assert description in above, f"{name} is not explained"


def test_numbers_are_the_defaults() -> None:
    for name, _, default in variables():
        if isinstance(default, int | float):
            assert f"# {name}={default}\n" in EXAMPLE
