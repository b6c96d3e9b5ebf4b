"""The sample documents: what is there, and that the generated ones follow from their sources."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from app.ingestion.load import load_file

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT / "samples" / "documents"
FILES = sorted(path for path in DOCUMENTS.rglob("*") if path.is_file())
STATES = {"current", "superseded", "final"}


def test_generated_documents_are_what_their_sources_give() -> None:
    script = ROOT / "samples" / "build.py"
    run = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_every_format_is_there_in_its_number() -> None:
    assert Counter(path.suffix for path in FILES) == {
        ".md": 25,
        ".html": 7,
        ".pdf": 6,
        ".docx": 4,
        ".csv": 4,
        ".txt": 4,
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(DOCUMENTS).as_posix())
def test_every_document_loads(path: Path) -> None:
    document = load_file(path)
    assert len(document.text.split()) > 150
    assert document.title


@pytest.mark.parametrize("path", sorted(DOCUMENTS.rglob("*.md")), ids=lambda path: path.stem)
def test_markdown_has_front_matter_and_headings(path: Path) -> None:
    document = load_file(path)
    assert {"title", "date", "version", "department", "product", "status"} <= document.metadata.keys()
    assert document.metadata["status"] in STATES
    assert sum(block.kind == "heading" for block in document.blocks) > 3


def test_pdfs_of_several_pages_are_there() -> None:
    assert sum(len(load_file(path).pages) > 1 for path in DOCUMENTS.rglob("*.pdf")) >= 2


def test_two_documents_are_restricted() -> None:
    groups = {path.stem: load_file(path).metadata.get("groups") for path in DOCUMENTS.rglob("*.md")}
    assert {name: value for name, value in groups.items() if value} == {
        "salary-bands-2026": ["hr"],
        "board-forecast-2026": ["finance"],
    }


def test_one_document_orders_the_assistant_about() -> None:
    claims = [path.name for path in FILES if "365 days" in " ".join(load_file(path).text.split())]
    assert claims == ["supplier-note-tolvane.txt"]


def test_there_are_four_demo_questions() -> None:
    questions = (ROOT / "samples" / "demo-questions.txt").read_text(encoding="utf-8").splitlines()
    assert len(questions) == 4
    assert all(question.endswith("?") for question in questions)
