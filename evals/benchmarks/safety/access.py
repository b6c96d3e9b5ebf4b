"""Who learns what they may not: random questions by random people, by every road.

    python -m evals.benchmarks.safety.access [--questions 10000] [--seed 5] [--out FOLDER]

Two tenants with the same projects, six groups; each document has six made words that stand nowhere else
(title, file name, heading, code, person, place). After each question all that reached the asker is searched
for the words of the documents that they may not read. The same is done over homes in which some restricted
documents were stored as public by mistake: each road must show these, or it could not have seen a leak. Exit
code 1 where there is a leak, or a planted one is not seen.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.settings import load_settings
from app.testing.openai_server import serve_model
from evals.benchmarks.safety.access_corpus import FILTERS, GROUPS, QUESTIONS, TENANTS, Owned, owned, write
from evals.benchmarks.safety.access_roads import ANONYMOUS, ROADS, Asker, quote_all
from evals.metrics.proportions import wilson
from evals.script import run_main

RESULTS = Path(__file__).parents[2] / "results" / "safety"
PLANTED = 48
LEAST = 25
PLANTED_SHARE = 0.1
"""Of the questions, asked again of the homes with planted leaks."""
_WORD = re.compile(r"[A-Za-z]+q\b")


@dataclass(slots=True)
class RoadRecord:
    """What one road gave. ``shown``: questions that reached something of what may be read; ``leaks``: asker,
    question and the words they should not have seen."""

    questions: int = 0
    shown: int = 0
    leaks: list[str] = field(default_factory=list)
    planted: int = 0
    seen: int = 0


@dataclass(frozen=True, slots=True)
class _Place:
    """Two tenants' applications over one set of documents."""

    opened: Mapping[str, Pincite]
    documents: Sequence[Owned]
    owner: Mapping[str, Owned]
    ids: Sequence[str]
    asked: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """By tenant and user, the words of their own questions: to be told these is no leak."""


def measure(
    folder: Path, questions: int, seed: int, *, least: int = LEAST, roads: Sequence[str] = tuple(ROADS)
) -> dict[str, RoadRecord]:
    """Ask by each road its share of the questions, then a tenth again where leaks are planted; ``least`` of
    each."""
    records = {name: RoadRecord() for name in roads}
    with ExitStack() as stack, serve_model(quote_all) as served:
        for kind, planted, share in (("sound", 0, 1.0), ("planted", PLANTED, PLANTED_SHARE)):
            place = _place(folder / kind, seed, planted, served.url, stack)
            rng = random.Random(seed)
            for name in roads:
                for _ in range(max(least, round(ROADS[name][1] * questions / 10_000 * share))):
                    _go(name, place, rng, records[name], is_planted=planted > 0)
    return records


def _place(folder: Path, seed: int, planted: int, url: str, stack: ExitStack) -> _Place:
    documents = owned(random.Random(seed), planted)
    write(documents, folder / "documents")
    opened: dict[str, Pincite] = {}
    ids: list[str] = []
    for tenant in TENANTS:
        settings = load_settings(None)
        update = {"home": folder / "home", "tenant": tenant, "model": "openai:quoting", "model_base_url": url}
        cache = settings.cache.model_copy(update={"answers": True})
        answer = settings.answer.model_copy(update={"second_reader": False})
        chosen = settings.model_copy(update={**update, "cache": cache, "answer": answer})
        pincite = stack.enter_context(open_pincite(chosen))
        with pincite.corpus.writing() as (pipeline, writer):
            for outcome in pipeline.sync(discover([folder / "documents" / tenant], "d"), "d", writer):
                assert outcome.error is None, outcome.error
        opened[tenant] = pincite
        ids += [one.doc_id for one in pincite.registry.documents()]
    return _Place(opened, documents, {word: one for one in documents for word in one.words}, ids)


def _go(name: str, place: _Place, rng: random.Random, record: RoadRecord, *, is_planted: bool) -> None:
    asker = _asker(place, rng, name)
    said = ROADS[name][0](place.opened[asker.tenant], asker, rng)
    theirs = place.asked.setdefault((asker.tenant, asker.user), set())
    theirs |= set(_WORD.findall(asker.question)) | set(_WORD.findall(str(asker.filters)))
    told = {word for word in _WORD.findall(said) if word in place.owner} - theirs
    groups = () if name in ANONYMOUS else asker.groups
    wrong = sorted(word for word in told if not place.owner[word].is_for(asker.tenant, groups))
    if is_planted:
        record.planted += 1
        record.seen += bool(wrong)
        return
    record.questions += 1
    record.shown += bool(told) and not wrong
    if wrong:
        record.leaks.append(
            f"{asker.tenant} {groups} asked {asker.question!r} {dict(asker.filters)}: {wrong}"
        )


def _asker(place: _Place, rng: random.Random, road: str) -> Asker:
    about, other = rng.choice(place.documents), rng.choice(place.documents)
    groups = tuple(sorted(rng.sample(GROUPS, rng.choice((0, 1, 1, 2, 3)))))
    said = {
        "project": about.project, "other": other.project, "word": rng.choice(about.words),
        "person": rng.choice(about.words), "doc": rng.choice(place.ids),
    }  # fmt: skip
    chosen = rng.choice(FILTERS).items()
    filters = {key: one.format(**said) if isinstance(one, str) else one for key, one in chosen}
    tenant = about.tenant if rng.random() < 0.8 else rng.choice(TENANTS)
    # A road has its own people: what one was told on another road is not looked for on this one.
    user = f"{road}/{'+'.join(groups) or 'nobody'}"
    question = rng.choice(QUESTIONS).format(**said)
    return Asker(tenant, user, groups, question, filters, said["doc"])


def report(records: Mapping[str, RoadRecord], seed: int) -> str:
    total = sum(one.questions for one in records.values())
    leaks = sum(len(one.leaks) for one in records.values())
    high = wilson(leaks, total)[1]
    rows = [
        f"| {name} | {one.questions} | {one.shown} | {len(one.leaks)} | {one.seen} of {one.planted} |"
        for name, one in records.items()
    ]
    return "\n".join(
        [
            f"# Access: {total} questions by random people, {leaks} leaks",
            "",
            f"95 % interval: under {high:.2%}. `python -m evals.benchmarks.safety.access --questions {total}",
            f"--seed {seed}`. {len(TENANTS)} tenants with the same projects, {len(GROUPS)} groups. *Shown*:",
            "something came that the asker may read. *Planted*: of questions over homes in which",
            f"{PLANTED} restricted documents are stored as public, how many showed words of these.",
            "",
            "| road | questions | shown | leaks | planted leaks seen |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        records = measure(Path(folder), chosen.questions, chosen.seed)
    text = report(records, chosen.seed)
    print(text)
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "access.md").write_text(text, encoding="utf-8")
    for name, record in records.items():
        print(*(f"{name}: {leak}" for leak in record.leaks[:5]), sep="\n", end="\n" if record.leaks else "")
        if not record.seen:
            print(f"{name}: a planted leak was not seen")
    return int(any(one.leaks or not one.seen for one in records.values()))


if __name__ == "__main__":
    run_main(main)
