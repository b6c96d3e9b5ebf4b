"""Feedback both ways between kept answers and their LangSmith runs, and a queue for people to look at.

The same command twice changes nothing. What is sent is redacted; who gave feedback stays here.
"""

from __future__ import annotations

import hashlib
import uuid
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.answers.feedback import Feedback, FeedbackStore
from app.observability.redaction import redacted_text
from app.observability.traced_runs import TracedRuns
from app.online.sampling import always_taken, taken
from app.online.settings import OnlineSettings
from app.online.store import OnlineStore
from evals.langsmith_sync import MARK, clear_refusals

NAMESPACE = uuid.UUID("0d3c6a52-9b0e-5c44-8f4d-6a3f0f6a7a10")
KEY = "pincite.rating"
ORIGIN = "langsmith:"
"""Begins what names feedback of theirs: ``reason`` ends in its key, ``user`` in who gave it, hashed."""

QUEUE = "pincite-review"
AT_ONCE = 50
"""Runs whose feedback is asked for in one request."""

PASSES = 0.5
"""A score from here on is a thumb up."""


@dataclass
class FeedbackSynced:
    """What was done. ``missing``: answers whose run LangSmith does not have (it was not sampled, or deleted).
    ``without_score``: feedback of theirs that is neither up nor down."""

    sent: int = 0
    changed: int = 0
    taken_away: int = 0
    brought: int = 0
    gone: int = 0
    without_score: int = 0
    queued: int = 0
    missing: set[str] = field(default_factory=set)


def sync_feedback(client: Any, project: str, feedback: FeedbackStore, traced: TracedRuns) -> FeedbackSynced:
    """Bring ours to the runs of their answers, and what people said of these runs to our answers.

    Feedback that went away on one side goes on the other. Raises ``EvalError`` where LangSmith refuses.
    """
    done = FeedbackSynced()
    runs = traced.runs()
    answers = {run: answer for answer, run in runs.items()}
    with clear_refusals():
        theirs = list(_feedback_on(client, list(answers)))
    kept = [one for one in feedback.list(limit=-1) if one.answer_id in runs]
    _send(client, project, [one for one in kept if not _is_theirs(one)], theirs, runs, done)
    _bring(feedback, [one for one in kept if _is_theirs(one)], theirs, answers, done)
    return done


def queue_answers(
    client: Any, project: str, online: OnlineStore, traced: TracedRuns, settings: OnlineSettings, most: int
) -> FeedbackSynced:
    """Put answers that went wrong, and the seeded share of the rest, into the queue ``QUEUE``, each once.

    Raises:
        EvalError: LangSmith refused.
    """
    done = FeedbackSynced()
    runs = traced.runs(queued=False)
    wanted = [one for one in online.checked() if one.id in runs and taken(one, settings.share, settings.seed)]
    wanted.sort(key=lambda one: (not always_taken(one), one.number))
    names = [one.id for one in wanted[:most]]
    if not names:
        return done
    with clear_refusals():
        found = next(iter(client.list_annotation_queues(name=QUEUE, limit=1)), None)
        queue = found or client.create_annotation_queue(
            name=QUEUE, description="Answers that went wrong, and a share of the rest"
        )
        with warnings.catch_warnings():
            # What follows it asks for a server of 0.16.14 or later, and is asynchronous.
            warnings.filterwarnings("ignore", ".*add_runs_to_annotation_queue.*")
            client.add_runs_to_annotation_queue(queue.id, run_ids=[runs[name] for name in names])
    traced.note_queued(names)
    done.queued = len(names)
    return done


def feedback_id(one: Feedback) -> uuid.UUID:
    """The same person's word on the same thing is the same feedback, however often it is sent."""
    return uuid.uuid5(NAMESPACE, f"{one.answer_id}\0{one.user}\0{one.sentence or 0}")


def _send(
    client: Any,
    project: str,
    ours: list[Feedback],
    theirs: list[Any],
    runs: Mapping[str, str],
    done: FeedbackSynced,
) -> None:
    from langsmith.utils import LangSmithNotFoundError

    there = {one.id: one for one in theirs if _is_ours(one)}
    with clear_refusals():
        session = client.read_project(project_name=project).id if ours else None
    for one in ours:
        name = feedback_id(one)
        score, comment = float(one.rating == "up"), redacted_text(one.comment) or None
        known = there.pop(name, None)
        with clear_refusals():
            if known is None:
                about = {MARK: "feedback", "sentence": one.sentence, "reason": one.reason}
                try:
                    client.create_feedback(
                        run_id=runs[one.answer_id],
                        session_id=session,
                        key=KEY,
                        score=score,
                        comment=comment,
                        feedback_id=name,
                        source_info={key: value for key, value in about.items() if value is not None},
                        stop_after_attempt=3,
                    )
                except LangSmithNotFoundError:
                    done.missing.add(one.answer_id)
                    continue
                done.sent += 1
            elif (known.score, known.comment or None) != (score, comment):
                client.update_feedback(name, score=score, comment=comment)
                done.changed += 1
    for name in there:
        with clear_refusals():
            client.delete_feedback(name)
        done.taken_away += 1


def _bring(
    feedback: FeedbackStore,
    kept: list[Feedback],
    theirs: list[Any],
    answers: Mapping[str, str],
    done: FeedbackSynced,
) -> None:
    known = {(one.answer_id, one.user): one for one in kept}
    for one in sorted(theirs, key=lambda each: each.modified_at):
        if _is_ours(one):
            continue
        if one.score is None:
            done.without_score += 1
            continue
        answer = answers[str(one.run_id)]
        who, reason = _reviewer(one), f"{ORIGIN}{redacted_text(one.key)[:60]}"
        rating = "up" if float(one.score) >= PASSES else "down"
        comment = redacted_text(one.comment or "")[:2000]
        before = known.pop((answer, who), None)
        if before is not None and (before.rating, before.reason, before.comment) == (rating, reason, comment):
            continue
        feedback.put(answer, who, rating, reason=reason, comment=comment)
        done.brought += 1
    for (answer, who), _ in known.items():
        feedback.take_back(answer, who)
        done.gone += 1


def _feedback_on(client: Any, runs: list[str]) -> Iterator[Any]:
    for start in range(0, len(runs), AT_ONCE):
        yield from client.list_feedback(run_ids=runs[start : start + AT_ONCE])


def _is_ours(one: Any) -> bool:
    source = one.feedback_source
    return bool(source is not None and (source.metadata or {}).get(MARK))


def _is_theirs(one: Feedback) -> bool:
    return one.user.startswith(ORIGIN)


def _reviewer(one: Any) -> str:
    """Who said it on what, without their name: one person may give several keys of one run."""
    source = one.feedback_source
    named = f"{getattr(source, 'user_id', None) or getattr(source, 'type', '')}\0{one.key}"
    return f"{ORIGIN}{hashlib.sha256(named.encode()).hexdigest()[:12]}"
