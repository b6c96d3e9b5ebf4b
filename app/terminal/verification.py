"""``pincite verify``: what became of citations, for people and as JSON."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict
from typing import Any

from app.answers.files import GivenAnswer, NotAnAnswerError, read_answers
from app.answers.verification import (
    FINE,
    STATES,
    AnswerReport,
    CitationReport,
    counts,
    loudest,
    verify_answers,
)
from app.corpus import Corpus
from app.terminal.printable import one_line

QUOTE_CHARS = 160


def run_verify(corpus: Corpus, files: list[str], everything: bool, as_json: bool) -> int:
    """Verify the answers of files, or all stored ones; 1 where a citation is changed, gone or broken."""
    if bool(files) == everything:
        raise NotAnAnswerError("name files with answers, or verify all stored ones with --all, not both")
    if everything:
        corpus.tidy()
        answers = [GivenAnswer.model_validate(one) for one in corpus.answers.every()]
    else:
        answers = [answer for file in files for answer in read_answers(file)]
    reports = verify_answers(corpus.registry, answers)
    if as_json:
        print(json.dumps(_data(reports), indent=2, ensure_ascii=False))
    else:
        _print(reports, with_fine=not everything)
    return int(any(one.state not in FINE for report in reports for one in report.citations))


def _data(reports: list[AnswerReport]) -> dict[str, Any]:
    return {
        "answers": [
            {
                **report.answer.model_dump(exclude={"citations"}),
                "citations": [_citation(one) for one in report.citations],
            }
            for report in reports
        ],
        "summary": {"answers": len(reports), **{s.replace(" ", "_"): n for s, n in counts(reports).items()}},
    }


def _citation(report: CitationReport) -> dict[str, Any]:
    return {
        **report.citation.model_dump(),
        "state": report.state.replace(" ", "_"),
        "why": report.why,
        "likeness": report.likeness,
        "now": asdict(report.now) if report.now else None,
    }


def _print(reports: list[AnswerReport], *, with_fine: bool) -> None:
    for answer, one in loudest(reports):
        if with_fine or one.state != "in place":
            print("\n".join(_lines(answer, one)))
    found = counts(reports)
    total = sum(found.values())
    listed = ", ".join(f"{found[state]} {state}" for state in reversed(STATES) if found[state])
    print(f"{len(reports)} answers, {total} citations{f': {listed}' if total else ''}")


def _lines(answer: GivenAnswer, report: CitationReport) -> list[str]:
    citation, now = report.citation, report.now
    head = "BROKEN" if report.state == "broken" else report.state
    of = f" of answer {answer.id}" if answer.id else ""
    place = f"{citation.doc_id}@{citation.version[:8]}:{citation.start}-{citation.end}"
    lines = [one_line(f"{head:<8} [{citation.number}]{of}, {place}{f': {report.why}' if report.why else ''}")]
    if report.state == "in place":
        return lines
    if answer.question:
        lines.append(f"         question {_short(answer.question)}")
    if citation.quote:
        lines.append(f"         cited    “{_short(citation.quote)}”")
    if now is not None:
        like = f", {report.likeness:.2f} alike" if report.likeness is not None else ""
        path = " › ".join(dict.fromkeys([now.title, *now.headings]))
        page = f", page {now.page}" if now.page else ""
        if report.state == "changed":
            lines.append(f"         nearest  “{_short(now.words)}”")
        lines.append(
            f"         {'there' if report.state == 'changed' else 'now'}".ljust(18)
            + one_line(f"{now.doc_id}@{now.version[:8]}:{now.start}-{now.end}, {path}{page}{like}")
        )
    return lines


def _short(text: str) -> str:
    return textwrap.shorten(one_line(text), QUOTE_CHARS, placeholder=" …")
