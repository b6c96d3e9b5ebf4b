"""``pincite --server …``: stored answers, conversations, facets, jobs, usage; answers verified."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.api.client.synchronous import PinciteClient
from app.api.contract.checking import AnswerVerified, CitationState
from app.terminal.answer_text import print_answer
from app.terminal.document_text import NotADocumentError
from app.terminal.output import output_console
from app.terminal.printable import one_line
from app.terminal.record_text import (
    print_answers,
    print_facets,
    print_job,
    print_jobs,
    print_json,
    print_threads,
    print_usage,
)

FINE = ("in_place", "moved")


def remote_answers_list(client: PinciteClient, *, limit: int, as_json: bool) -> int:
    return print_answers(client.answers(min(limit, 500)), as_json)


def remote_answers_show(client: PinciteClient, *, answer: str, as_json: bool) -> int:
    found = client.answer(answer)
    if as_json:
        return print_json(found.model_dump())
    print_answer(found, output_console())
    return 0


def remote_threads_list(client: PinciteClient, *, user: str | None, as_json: bool) -> int:
    """Your own: whose they are is what the key says."""
    _own(user)
    mine = client.me().user
    return print_threads([(one, mine) for one in client.threads()], as_json)


def remote_threads_delete(client: PinciteClient, *, names: Any, user: str | None, everything: bool) -> int:
    _own(user)
    listed = [one.name for one in client.threads()] if everything else list(names or ())
    if everything == bool(names):
        raise NotADocumentError("name the conversations to delete, or all of yours with --all, not both")
    for name in listed:
        client.delete_thread(name)
        print(f"deleted {one_line(name)}")
    return 0


def remote_facets(client: PinciteClient, *, keys: Any, filter: Any, group: Any, as_json: bool) -> int:
    _own(group)
    return print_facets(client.facets(list(keys or ()), filters=list(filter or ())), as_json)


def remote_usage(client: PinciteClient, *, user: str | None, as_json: bool) -> int:
    found = client.usage(everybody=user is not None)
    if user is not None:
        found = [one for one in found if (one.of, one.who) == ("user", user)]
    return print_usage(found, "nothing was spent", as_json)


def remote_jobs_list(client: PinciteClient, *, as_json: bool, limit: int) -> int:
    return print_jobs(client.jobs(min(limit, 500)), as_json)


def remote_job_show(client: PinciteClient, *, job: str, as_json: bool) -> int:
    found = client.job(job)
    return print_job(found, found.failures, as_json)


def remote_job_cancel(client: PinciteClient, *, job: str) -> int:
    found = client.cancel_job(job)
    ended = found.state == "cancelled"
    print(f"cancelled {found.id}" if ended else f"{found.id} ends after the file it is at")
    return 0


def remote_job_retry(client: PinciteClient, *, job: str) -> int:
    print(f"queued {client.retry_job(job).id}")
    return 0


def remote_verify(client: PinciteClient, *, files: Any, everything: bool, as_json: bool) -> int:
    """Stored answers by their ids; 1 where a citation is changed, gone or broken."""
    names = [one.id for one in client.answers(100)] if everything else list(files or ())
    if everything == bool(files):
        raise NotADocumentError("name ids of answers, or verify your newest 100 with --all, not both")
    if any(Path(name).suffix == ".json" or name == "-" for name in names):
        raise NotADocumentError("with --server, answers are named by their ids; see: pincite answers list")
    found = client.verify(names)
    if as_json:
        print_json(found.model_dump())
    else:
        for answer in found.answers:
            for one in answer.citations:
                if one.state != "in_place" or not everything:
                    print(_line(answer, one))
        counted = {state: count for state, count in found.summary.items() if state != "answers" and count}
        listed = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in counted.items())
        total = sum(counted.values())
        print(f"{len(found.answers)} answers, {total} citations{f': {listed}' if total else ''}")
    return int(any(one.state not in FINE for answer in found.answers for one in answer.citations))


def _line(answer: AnswerVerified, one: CitationState) -> str:
    head = "BROKEN" if one.state == "broken" else one.state.replace("_", " ")
    of = f" of answer {answer.id}" if answer.id else ""
    place = f"{one.doc_id}@{one.version[:8]}:{one.start}-{one.end}"
    return one_line(f"{head:<8} [{one.number}]{of}, {place}{f': {one.why}' if one.why else ''}")


def _own(named: Any) -> None:
    if named:
        raise NotADocumentError("with --server, who asks and their groups are what the key says")
