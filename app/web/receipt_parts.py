"""A receipt in the words and rows that a page shows. Nothing is said that the receipt does not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Entry = Mapping[str, Any]

_STEPS = {
    "guard": "Looked at the question",
    "contextualize": "Read it in its conversation",
    "retrieve": "Searched the documents",
    "rerank": "Ranked what was found",
    "widen": "Searched wider",
    "generate": "Wrote a draft",
    "cite": "Checked each sentence",
    "release": "Let the answer out",
    "abstain": "Said that it is not known",
    "refuse": "Refused",
    "call_tool": "Used a tool",
    "second_reader": "Had open sentences read again",
    "follow_up": "Made a follow-up stand alone",
}
_SAW = {"none": "nothing"}
_ACTIONS = {
    "allow": "let through",
    "log": "let through, noted",
    "block": "stopped",
    "redact": "masked words",
    "mend": "changed words",
}
_POLICIES = {"open": "lets through where it fails", "closed": "stops where it fails"}


def entries(receipt: Entry, name: str) -> list[Entry]:
    """The list under a name; empty where there is none, as in receipts of other versions."""
    found = receipt.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def step_words(node: str) -> str:
    """What a node of the graph does, for people.

    >>> step_words("cite"), step_words("ask_people")
    ('Checked each sentence', 'Ask people')
    """
    return _STEPS.get(node) or node.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class StepRow:
    """``at`` and ``ms`` in milliseconds from when it was asked; ``begin`` and ``width`` in percent of the
    whole, for a bar; ``share`` of the time of all steps, in percent."""

    node: str
    words: str
    at: float
    ms: float
    begin: float
    width: float
    share: float


def step_rows(receipt: Entry) -> list[StepRow]:
    """The waterfall: each step in order.

    >>> [(one.words, one.begin, one.width, one.share) for one in step_rows({"steps": [
    ...     {"node": "guard", "at": 0.0, "ms": 50.0}, {"node": "cite", "at": 50.0, "ms": 150.0}]})]
    [('Looked at the question', 0.0, 25.0, 25.0), ('Checked each sentence', 25.0, 75.0, 75.0)]
    """
    steps = [
        (str(one.get("node", "")), float(one.get("at") or 0), float(one.get("ms") or 0))
        for one in entries(receipt, "steps")
    ]
    whole = max((at + ms for _, at, ms in steps), default=0.0) or 1.0
    worked = sum(ms for _, _, ms in steps) or 1.0
    return [
        StepRow(
            node,
            step_words(node),
            at,
            ms,
            round(100 * at / whole, 2),
            # A step of no length is seen too.
            max(0.5, round(100 * ms / whole, 2)),
            round(100 * ms / worked, 1),
        )
        for node, at, ms in steps
    ]


@dataclass(frozen=True, slots=True)
class GuardRow:
    """A guard's runs that came out alike. ``ms``: of all of them; ``failed``: how, where it did."""

    guard: str
    saw: str
    did: str
    stopped: bool
    policy: str
    times: int
    ms: float
    failed: str


def guard_rows(receipt: Entry) -> list[GuardRow]:
    """Every guard with what it saw and did, in the order in which they first ran."""
    times: Counter[tuple[str, ...]] = Counter()
    took: Counter[tuple[str, ...]] = Counter()
    for entry in entries(receipt, "guards"):
        runs = entries(entry, "runs") or [_as_run(entry)]
        for run in runs:
            key = tuple(str(run.get(name, "")) for name in ("guard", "saw", "action", "policy", "fault"))
            times[key] += 1
            took[key] += float(run.get("ms") or 0)  # type: ignore[assignment]
    return [
        GuardRow(
            guard.replace("-", " ").replace("_", " "),
            _SAW.get(saw, saw),
            _ACTIONS.get(action, action),
            action not in ("allow", "log", ""),
            _POLICIES.get(policy, ""),
            count,
            round(float(took[key]), 2),
            fault,
        )
        for key, count in times.items()
        for guard, saw, action, policy, fault in [key]
    ]


def _as_run(entry: Entry) -> Entry:
    verdict = str(entry.get("verdict", ""))
    action = {"deny": "block", "modify": "mend"}.get(verdict, verdict)
    return {"guard": entry.get("guard", ""), "saw": "; ".join(_texts(entry.get("reasons"))), "action": action}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sentence of a draft that was not let out; its words are not in the receipt."""

    draft: int
    sentence: int
    why: str
    support: float | None
    rules: str


def left_out(receipt: Entry) -> list[LeftOut]:
    """Sentences that the checks left out, draft by draft, each counted from 1."""
    rounds = receipt.get("citings")
    return [
        LeftOut(
            draft,
            int(one.get("sentence") or 0),
            str(one.get("failure") or "") or "; ".join(_texts(one.get("reasons"))),
            one["support"] if isinstance(one.get("support"), int | float) else None,
            ", ".join(_texts(one.get("rules"))),
        )
        for draft, sentences in enumerate(rounds if isinstance(rounds, list) else (), 1)
        for one in sentences
        if isinstance(one, Mapping) and one.get("verdict") == "unsupported"
    ]


@dataclass(frozen=True, slots=True)
class Spent:
    """``usd``: None where the price of a call is not known. Empty ``models``: none was asked."""

    models: Sequence[tuple[str, Entry]]
    usd: float | None
    unknown: str
    prices: str


def spent(receipt: Entry) -> Spent:
    """Tokens by model, and money."""
    usage, cost = receipt.get("usage"), receipt.get("cost")
    models = [(name, one) for name, one in usage.items()] if isinstance(usage, Mapping) else []
    known: Entry = cost if isinstance(cost, Mapping) else {}
    return Spent(
        models,
        known.get("usd"),
        ", ".join(_texts(known.get("unknown_models"))),
        str(known.get("price_version") or ""),
    )


def prompts(receipt: Entry) -> list[Entry]:
    """Each prompt that was sent, once."""
    found = {str(one.get("sha256")): one for one in entries(receipt, "prompts")}
    return list(found.values())


def gate_words(ranking: Entry) -> str:
    """Whether the evidence was enough, and by which score."""
    score, needed = ranking.get("score"), ranking.get("needed")
    enough = bool(ranking.get("enough"))
    if score is None or needed is None:
        return "Enough to answer from; no score was asked for." if enough else "Not enough to answer from."
    said = f"Answerability {score:.2f}; {needed:.2f} was needed"
    by = ranking.get("rule")
    by_whom = " by the request" if isinstance(by, Mapping) and by.get("by") == "request" else ""
    if enough:
        return f"{said}{by_whom}: enough to answer from."
    if score >= needed:
        return f"{said}{by_whom}: the score was reached, but what the question names is in no document."
    return f"{said}{by_whom}: not enough."


def scores_of(entry: Entry) -> dict[str, float]:
    """The scores of a passage that are numbers."""
    found = entry.get("scores")
    scores = found.items() if isinstance(found, Mapping) else ()
    return {str(name): float(value) for name, value in scores if isinstance(value, int | float)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        yield from (str(one) for one in value)
