"""What a run's first line says about where it came from."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

from app.models.chains import chain_names
from app.settings import Settings
from evals.datasets.suite import Suite
from evals.experiments.opened_suite import Opened
from evals.experiments.runfile import Header

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = (
    "pincite langchain langchain-core langchain-chroma langchain-openai langgraph langsmith openevals "
    "chromadb guardrails-ai onnxruntime tokenizers numpy xllamacpp"
).split()
"""Those that can change an answer or how it is judged."""


def commit() -> tuple[str | None, bool | None]:
    """The checkout's commit, and whether files differ from it; nothing where this is no checkout.

    Files under ``evals/results`` are what runs write, and do not count.
    """
    if not (ROOT / ".git").exists():
        return None, None

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    head = git("rev-parse", "HEAD")
    if not head:
        return None, None
    return head, bool(git("status", "--porcelain", "--", ".", ":!evals/results"))


def machine() -> dict[str, Any]:
    """What the numbers of seconds depend on."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
    }


def packages() -> dict[str, str]:
    """The installed versions of the libraries that matter."""
    found: dict[str, str] = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def prompt_hashes() -> dict[str, str]:
    """sha256 of each prompt as it is loaded in this process."""
    import prompts
    from prompts.load import load_prompt

    names = sorted(path.name[:-3] for path in files(prompts).iterdir() if path.name.endswith(".md"))
    return {name: load_prompt(name).sha256 for name in names}


def make_header(
    suite: Suite,
    settings: Settings,
    opened: Opened,
    *,
    preset: str,
    overrides: dict[str, Any],
    stage: Any,
    judges: dict[str, dict[str, Any]],
    items: int,
    started: datetime,
    finished: datetime,
    note: str = "",
) -> Header:
    """The header of a run that has just ended."""
    head, dirty = commit()
    stamp = started.strftime("%Y%m%dT%H%M%SZ")
    return Header(
        run="-".join([suite.name, preset, stamp, *([head[:7]] if head else [])]),
        suite=suite.name,
        suite_version=suite.version,
        dataset_sha256=suite.sha256,
        corpus_sha256=opened.corpus_sha256,
        documents=opened.documents,
        passages=opened.pincite.registry.passage_count(),
        items=items,
        stage=stage,
        preset=preset,
        overrides=overrides,
        settings=settings.fingerprint(),
        prompts=prompt_hashes(),
        models=chain_names(settings).get("", []),
        judges=judges,
        index_generation=opened.pincite.registry.generation(),
        embedder=opened.pincite.corpus.fingerprint,
        commit=head,
        dirty=dirty,
        machine=machine(),
        packages=packages(),
        started=started.isoformat(timespec="seconds"),
        finished=finished.isoformat(timespec="seconds"),
        wall_s=round((finished - started).total_seconds(), 1),
        note=note,
    )
