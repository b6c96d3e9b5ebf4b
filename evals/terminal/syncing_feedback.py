"""`pincite eval feedback`: feedback of kept answers and of their LangSmith runs, made equal."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from app.answers.feedback import FeedbackStore
from app.corpus import open_corpus
from app.observability.traced_runs import TracedRuns
from app.online.open import online_store, open_watch, tenant_folder
from evals.langsmith_feedback import queue_answers, sync_feedback
from evals.langsmith_sync import configured_client


def run_feedback(queue: int) -> int:
    """Both ways; then ``queue`` answers at most for people to look at."""
    client = configured_client()
    project = os.environ.get("LANGSMITH_PROJECT", "pincite")
    with open_corpus() as corpus:
        path = tenant_folder(corpus) / "answers.sqlite"
        traced = TracedRuns(corpus.answers, path)
        feedback = FeedbackStore(corpus.answers, path, lambda: datetime.now(UTC))
        done = sync_feedback(client, project, feedback, traced)
        print(
            f"feedback: {done.sent} sent, {done.changed} changed and {done.taken_away} taken away there; "
            f"{done.brought} brought, {done.gone} taken away here"
        )
        if done.missing:
            print(f"{len(done.missing)} answers have no run there: it was not sampled, or is deleted")
        if done.without_score:
            print(f"{done.without_score} pieces of feedback there have no score and stay there")
        if queue:
            store = online_store(corpus)
            open_watch(corpus, store).check_all()
            settings = corpus.settings.observability.online
            put = queue_answers(client, project, store, traced, settings, queue)
            print(f"{put.queued} answers put into the annotation queue")
    return 0
