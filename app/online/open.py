"""The checks of a tenant's kept answers, opened over its documents."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.answers.feedback import FeedbackStore
from app.online.baseline import OnlineBaseline, OnlineBaselineError, make_baseline, write_baseline
from app.online.store import OnlineStore
from app.online.watch import OnlineWatch
from app.retrieval.embedding.arrays import embed_query_array

if TYPE_CHECKING:
    from app.corpus import Corpus


def online_store(corpus: Corpus) -> OnlineStore:
    """What was found of the tenant's answers."""
    path = tenant_folder(corpus) / "answers.sqlite"
    return OnlineStore(FeedbackStore(corpus.answers, path, lambda: datetime.now(UTC)), path)


def open_watch(corpus: Corpus, store: OnlineStore | None = None) -> OnlineWatch:
    """The thread that checks them; it begins with the first answer it is told of."""
    return OnlineWatch(
        store or online_store(corpus),
        tenant_folder(corpus),
        corpus.settings.observability.online,
        lambda question: embed_query_array(corpus.questions, question),
        corpus.fingerprint,
    )


def keep_baseline(corpus: Corpus, most: int) -> OnlineBaseline:
    """Make a baseline of the newest answers, ``most`` of them, and compare what comes with it from now on.

    Raises:
        OnlineBaselineError: there are too few answers.
    """
    import numpy as np

    store = online_store(corpus)
    watch = open_watch(corpus, store)
    watch.check_all()
    answers = store.checked()[-most:]
    asked = {name: question for name, question, _ in corpus.answers.texts()}
    answers = [one for one in answers if one.id in asked]
    if not answers:
        raise OnlineBaselineError("no answer is kept that a baseline could be made of; ask more first")
    vectors = np.stack([embed_query_array(corpus.questions, asked[one.id]) for one in answers])
    baseline = make_baseline(answers, vectors, corpus.fingerprint, datetime.now(UTC))
    write_baseline(tenant_folder(corpus), baseline)
    watch.check_all()
    return baseline


def tenant_folder(corpus: Corpus) -> Path:
    return corpus.settings.home / corpus.settings.tenant
