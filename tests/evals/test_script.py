"""Scripts of ours that are run by themselves phone nobody."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.process.telemetry import QUIET
from evals.script import run_main

ROOT = Path(__file__).resolve().parents[2]


def scripts() -> dict[str, list[ast.stmt]]:
    """What each module under evals does when it is run."""
    found = {}
    for path in sorted((ROOT / "evals").rglob("*.py")):
        for node in ast.parse(path.read_bytes()).body:
            if isinstance(node, ast.If) and "__main__" in ast.unparse(node.test):
                found[".".join(path.relative_to(ROOT).with_suffix("").parts)] = node.body
    return found


def test_every_script_is_begun_in_the_same_way() -> None:
    found = scripts()
    assert len(found) > 20
    for name, body in found.items():
        begun = [ast.unparse(statement).partition("(")[0] for statement in body]
        assert begun[-1:] == ["run_main"], name


def test_what_phones_home_is_switched_off_before_anything_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in QUIET:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANGSMITH_USE_DAEMON", "false")
    seen: dict[str, str] = {}

    def main() -> int:
        seen.update(os.environ)
        return 3

    with pytest.raises(SystemExit) as ended:
        run_main(main)
    assert ended.value.code == 3
    assert {name: seen[name] for name in QUIET} == {**QUIET, "LANGSMITH_USE_DAEMON": "false"}


def test_no_script_imports_what_phones_home_before_that() -> None:
    """They read their variables while they are imported."""
    code = (
        "import importlib, sys\n"
        f"for name in {list(scripts())!r}: importlib.import_module(name)\n"
        "loud = {'onnxruntime', 'chromadb', 'litellm', 'guardrails', 'huggingface_hub', 'haystack'}\n"
        "assert not loud & set(sys.modules), loud & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
