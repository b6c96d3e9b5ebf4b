"""An application that embeds Pincite finds its process as it was before."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

BEFORE = """
import asyncio, gc, json, logging, os, socket, sys, threading, warnings
from pathlib import Path

home = Path(sys.argv[1])
os.environ["PINCITE_HOME"] = str(home)

def refuse(self, *args):
    if not (isinstance(args[0], tuple) and args[0][0] == "127.0.0.1"):
        os.write(2, f"NETWORK {args!r}\\n".encode())
        raise OSError("no network here")

socket.socket.connect = refuse
socket.getaddrinfo = lambda *args, **_: refuse(None, args)

def links(folder):
    found = []
    for number in os.listdir("/proc/self/fd"):
        try:
            found.append(os.readlink(f"/proc/self/fd/{number}"))
        except OSError:
            pass
    return sorted(name for name in found if name.startswith(str(folder)))

def seen():
    gc.collect()
    root = logging.getLogger()
    return {
        "environment": dict(os.environ),
        "modules": sorted(name for name, module in sys.modules.items() if module is None),
        "logging": [root.level, [repr(one) for one in root.handlers], logging.lastResort.level],
        "policy": type(asyncio.get_event_loop_policy()).__module__,
        "filters": [f"{one[0]} {one[1]} {one[2].__module__}.{one[2].__name__}" for one in warnings.filters],
        "files": links(home),
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "hooks": [repr(sys.excepthook), repr(threading.excepthook), repr(sys.unraisablehook)],
    }

def guardrails():
    from guardrails import settings
    from guardrails.classes.rc import RC
    from guardrails.utils.hub_telemetry_utils import HubTelemetry
    return [id(RC.load.__func__), id(settings.rc), settings.rc.enable_metrics, repr(HubTelemetry._instance)]
"""

ASKED = """
before = seen()
from app.compose import open_pincite
if host_has_guardrails:
    os.environ["COLOREDLOGS_LEVEL_STYLES"] = before["environment"]["COLOREDLOGS_LEVEL_STYLES"] = "mine"
    import guardrails as _
    before, had = seen(), guardrails()
with open_pincite() as pincite:
    answer = pincite.ask("How many volts does the Heron gateway need?")
    assert answer.status == "answered", answer
    assert [entry["verdict"] for entry in answer.receipt["guards"]][:1] == ["allow"], answer.receipt
after = seen()
if host_has_guardrails:
    assert guardrails() == had, (had, guardrails())
print(json.dumps([before, after]))
"""

FAILING = """
import app.compose, app.corpus
from app.compose import open_pincite
with open_pincite() as pincite:  # what libraries keep is there now
    pincite.ask("How many volts does the Heron gateway need?")
before = seen()
found = {}
for module, names in (
    (app.corpus, "open_engine Registry make_embedder StoredVectors VectorIndex LexicalIndex AnswerStore "
     "Corpus"),
    (app.compose, "load_settings make_chains make_entailment open_corpus HybridRetriever index_weights "
     "EmbeddingCache StoredVectors make_order SentenceScorer open_observers Breakers _memory "
     "make_extractor make_best_sentences make_gate EvidenceCut question_guards answer_guards "
     "draft_guards words_guards QuestionFilters "
     "answer_graph Pincite"),
):
    for name in names.split():
        kept = getattr(module, name)
        def fail(*_, **__):
            raise RuntimeError("made to fail")
        setattr(module, name, fail)
        try:
            open_pincite()
        except RuntimeError as error:
            assert str(error) == "made to fail", error
        else:
            raise AssertionError(f"{name} is not called")
        finally:
            setattr(module, name, kept)
        after = seen()
        if after != before:
            found[name] = {key: after[key] for key in after if after[key] != before[key]}
print(json.dumps([before, found]))
"""

LIBRARIES_KEEP = (
    "asyncio_",  # the default executor's workers, which end with their loop
    "ThreadPoolExecutor-",  # LangChain's own executor, kept for the next call
)
"""Beginnings of the names of threads that libraries keep for good."""

FILTERS_OF = ("langchain_core.", "langsmith.", "urllib3.", "requests.", "opentelemetry.", "numpy.")
"""Libraries that add filters for their own warnings when they are imported."""

FILTERS_SAY = ("numpy", "serialize_aiter")


def run(home: Path, script: str, folder: Path) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", BEFORE + script, str(home)],
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "NETWORK" not in done.stderr, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("has_guardrails", [False, True])
def test_importing_opening_asking_and_closing_change_nothing(
    home: Path, tmp_path: Path, has_guardrails: bool
) -> None:
    folder = tmp_path / "host"
    folder.mkdir()
    (folder / ".env").write_text("PINCITE_TENANT=default\nOPENAI_API_KEY=sk-in-the-file\n")
    script = f"host_has_guardrails = {has_guardrails}\n{ASKED}"
    before, after = run(home, script, folder)
    assert [path.name for path in folder.iterdir()] == [".env"], "something was written to the home folder"
    for what in ("environment", "modules", "logging", "policy", "files", "hooks"):
        assert after[what] == before[what], what
    added = [one for one in after["filters"] if one not in before["filters"]]
    assert not [
        one
        for one in added
        if not one.split()[-1].startswith(FILTERS_OF) and not any(text in one for text in FILTERS_SAY)
    ]
    assert not [name for name in before["filters"] if name not in after["filters"]]
    left = list(after["threads"])
    for name in before["threads"]:
        left.remove(name)
    assert not [name for name in left if not name.startswith(LIBRARIES_KEEP)]


def test_opening_that_fails_at_any_step_leaves_nothing_open(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "host"
    folder.mkdir()
    before, found = run(home, FAILING, folder)
    assert before["files"] == []
    assert not found
