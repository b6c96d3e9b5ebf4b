"""Answers, jobs, facets, conversations, keys and what was spent, printed: of this machine or of a server.

Records are dataclasses or pydantic models with the same fields. Nothing heavy is imported.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from app.terminal.printable import one_line

QUESTION_CHARS = 80


def data_of(record: Any) -> dict[str, Any]:
    """A record as JSON data."""
    found: dict[str, Any] = record.model_dump() if hasattr(record, "model_dump") else asdict(record)
    return found


def print_json(data: Any) -> int:
    """Print indented JSON."""
    print(json.dumps(data, indent=2, ensure_ascii=False))
    return 0


def print_answers(found: Sequence[Any], as_json: bool) -> int:
    """One line an answer."""
    if as_json:
        return print_json([data_of(one) for one in found])
    if not found:
        print("no stored answers")
    for one in found:
        asked = one_line(one.question)
        short = (
            asked if len(asked) <= QUESTION_CHARS or not sys.stdout.isatty() else f"{asked[:QUESTION_CHARS]}…"
        )
        print(one.id, one.asked_at[:19], one.status, one.citations, short, sep="\t")
    return 0


def print_threads(found: Iterable[tuple[Any, str]], as_json: bool) -> int:
    """One line a conversation, each with whose it is."""
    listed = list(found)
    if as_json:
        return print_json([data_of(one) for one, _ in listed])
    if not listed:
        print("no stored conversations")
    for one, user in listed:
        print(one_line(one.name), one_line(user), one.begun_at[:19], one.used_at[:19], sep="\t")
    return 0


def print_facets(found: Sequence[Any], as_json: bool) -> int:
    """A line for each value: key, value, documents."""
    if as_json:
        return print_json([data_of(one) for one in found])
    if not found:
        print("no metadata with several values that are few enough to list; name a key to see its values")
    for one in found:
        for value in one.values:
            print(one_line(one.key), one_line(value.value), value.documents, sep="\t")
        if one.more:
            print(one_line(one.key), f"and {one.more} more values", "", sep="\t")
    return 0


def print_jobs(found: Sequence[Any], as_json: bool) -> int:
    """One line a job."""
    if as_json:
        return print_json([data_of(one) for one in found])
    if not found:
        print("no jobs")
    for one in found:
        print(*job_line(one), sep="\t")
    return 0


def print_job(job: Any, failures: Sequence[Any], as_json: bool) -> int:
    """A job and its failures; 1 when there are some."""
    if as_json:
        print_json({**data_of(job), "failures": [data_of(one) for one in failures]})
    else:
        print(*job_line(job), sep="\t")
        counts = ("added", "updated", "unchanged", "removed", "failed")
        print(", ".join(f"{getattr(job, name)} {name}" for name in counts))
        if job.bytes_total:
            print(f"{job.bytes_done} of {job.bytes_total} bytes")
        if job.error:
            print(f"failed: {one_line(job.error)}")
        for one in failures:
            print(one_line(f"failed: {one.name}: {one.why}; {one.hint}"))
    return int(job.state == "failed" or job.failed > 0)


def job_line(job: Any) -> tuple[str, ...]:
    """Id, state, kind, source, files, failed, when, whose."""
    files = f"{job.files_done}/{job.files_total}"
    when = (job.finished_at or job.started_at or job.created_at)[:19]
    fields = (job.id, job.state, job.kind, job.source, files, f"{job.failed} failed", when, job.owner)
    return tuple(one_line(field) for field in fields)


def print_usage(found: Sequence[Any], nothing: str, as_json: bool) -> int:
    """One line an account; ``nothing`` where there is none."""
    if as_json:
        return print_json([data_of(one) for one in found])
    if not found:
        print(nothing)
    for one in found:
        print(one.of, one_line(one.who), one.window, _usd(one), _tokens(one), sep="\t")
    return 0


def _usd(one: Any) -> str:
    held = f" + {one.held_usd:.4f} held" if one.held_usd else ""
    return f"{one.spent_usd:.4f}{held}{'' if one.limit_usd is None else f' of {one.limit_usd:.2f}'} USD"


def _tokens(one: Any) -> str:
    held = f" + {one.held_tokens} held" if one.held_tokens else ""
    return f"{one.spent_tokens}{held}{'' if one.limit_tokens is None else f' of {one.limit_tokens}'} tokens"


def print_keys(found: Sequence[Any], as_json: bool) -> int:
    """One line a key."""
    if as_json:
        return print_json([data_of(key) for key in found])
    if not found:
        print("no keys yet; make one with: pincite keys create NAME --user USER")
    now = datetime.now(UTC).isoformat()
    for key in found:
        fields = (
            key.id,
            key.name,
            key.user,
            key.tenant,
            ",".join(key.roles),
            ",".join(key.groups) or "-",
            _until(key, now),
            f"used {key.used_on}" if key.used_on else "never used",
        )
        print(*map(one_line, fields), sep="\t")
    return 0


def print_made(key: Any, secret: str, as_json: bool) -> int:
    """A key that was just made, with its secret."""
    if as_json:
        return print_json({"secret": secret, "key": data_of(key)})
    print(secret)
    print(f"valid until {key.expires_at[:10]}; it is not kept and cannot be shown again")
    return 0


def _until(key: Any, now: str) -> str:
    if key.revoked_at:
        return f"revoked {key.revoked_at[:10]}"
    return f"{'expired' if key.expires_at <= now else 'until'} {key.expires_at[:10]}"
