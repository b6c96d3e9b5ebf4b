"""How often the checks are wrong about a sentence, without a model: two error rates, and every rule's part.

    PINCITE_EVAL_DATA=… python -m evals.benchmarks.citing.verdict_errors [--out FOLDER]
    python -m evals.benchmarks.citing.verdict_errors --gate

*False strip*: a sentence that is supported is withheld. *False pass*: one that is not is released, as
verified or as partial. Sets: AttributionBench (claims of systems, judged by people), MTRAG's judged
responses, and our own 400 paraphrases of the sample documents. ``--gate`` measures only the last, which need
no data, and fails (exit code 1) where a rate is worse than the committed one beyond its 95 % interval.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import SettingsError
from evals.benchmarks.citing.judged_claims import (
    JudgedClaim,
    attribution,
    conversations,
    paraphrases,
    word_weights,
    wrong_in_languages,
)
from evals.benchmarks.public_data import open_data
from evals.metrics.proportions import wilson
from evals.script import run_main
from graphs.citing.objection import WITHHOLDING, Rule
from graphs.citing.verdict import SUPPORTED, Checks, Cited, Verdict, check_claim

RESULTS = Path(__file__).parents[2] / "results" / "attribution"
NAME = "verdict_errors"
OWN = "paraphrases"


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """What the checks said of a claim."""

    claim: JudgedClaim
    verdict: Verdict
    checks: Checks


def checked(claims: Sequence[JudgedClaim]) -> list[CheckedClaim]:
    weight = word_weights(claims)
    return [
        CheckedClaim(
            one,
            *check_claim(
                one.claim,
                [Cited(text, one.context) for text in one.texts],
                question=one.question,
                weight=weight,
            ),
        )
        for one in claims
    ]


def rates(found: Sequence[CheckedClaim]) -> dict[str, Any]:
    """Counts of the two errors and of what is called verified."""
    right = [one for one in found if one.claim.right]
    wrong = [one for one in found if not one.claim.right]
    verified = [one for one in found if one.verdict == "verified"]
    return {
        "right": len(right),
        "wrong": len(wrong),
        "strip": sum(one.verdict == "unsupported" for one in right),
        "pass": sum(one.verdict != "unsupported" for one in wrong),
        "pass_verified": sum(one.verdict == "verified" for one in wrong),
        "verified": len(verified),
        "verified_right": sum(one.claim.right for one in verified),
    }


def rules(found: Sequence[CheckedClaim]) -> dict[Rule, tuple[int, int]]:
    """For each rule the claims it objects to whose words alone would support them, and how many are right."""
    likely = [one for one in found if one.checks.support >= SUPPORTED]
    names = sorted({rule for one in likely for rule in one.checks.rules})
    hit = {name: [one for one in likely if name in one.checks.rules] for name in names}
    return {name: (len(those), sum(one.claim.right for one in those)) for name, those in hit.items()}


def report(sets: dict[str, list[CheckedClaim]], speed: float) -> tuple[str, dict[str, Any]]:
    lines = [
        "# How often the checks are wrong about a sentence",
        "",
        "No model. False strip: supported and withheld. False pass: not supported and released, labelled "
        "partial or not. Wilson intervals, 95 %. Of an MTRAG response people judged the whole: sentences of "
        "unfaithful ones are counted as wrong though some are true, so its false pass is an upper bound. "
        f"{speed:.0f} claims a second, references of any length, one core of a shared machine.",
        "",
        "| set | right / wrong | false strip | false pass | … as verified | verified | right of these |",
        "|---|---|---|---|---|---|---|",
    ]
    data: dict[str, Any] = {"claims_per_second": round(speed, 1), "sets": {}, "rules": {}}
    for name, found in sets.items():
        one = rates(found)
        data["sets"][name] = one
        lines.append(
            f"| {name} | {one['right']} / {one['wrong']} | {_share(one['strip'], one['right'])} | "
            f"{_share(one['pass'], one['wrong'])} | {_share(one['pass_verified'], one['wrong'])} | "
            f"{one['verified']} | {_share(one['verified_right'], one['verified'])} |"
        )
    lines += [
        "",
        f"## Rules, among claims whose likelihood by words alone is at least {SUPPORTED}",
        "",
        "Claims a rule objects to, and the share of them that is right. Only rules in bold withhold.",
        "",
        f"| rule | {' | '.join(sets)} |",
        f"|---|{'---|' * len(sets)}",
    ]
    tables = {name: rules(found) for name, found in sets.items()}
    likely = {name: [one for one in found if one.checks.support >= SUPPORTED] for name, found in sets.items()}
    cells = [
        f"{len(those)}: {_part(sum(o.claim.right for o in those), len(those))}" for those in likely.values()
    ]
    lines.append(f"| *all of them* | {' | '.join(cells)} |")
    for rule in sorted({rule for table in tables.values() for rule in table}):
        cells = [
            f"{table[rule][0]}: {_part(table[rule][1], table[rule][0])}" if rule in table else ""
            for table in tables.values()
        ]
        lines.append(f"| {f'**{rule}**' if rule in WITHHOLDING else rule} | {' | '.join(cells)} |")
        data["rules"][rule] = {name: table[rule] for name, table in tables.items() if rule in table}
    return "\n".join(lines) + "\n", data


def _share(hits: int, n: int) -> str:
    low, high = wilson(hits, n)
    return f"{_part(hits, n)} ({low:.2f} to {high:.2f})"


def _part(hits: int, n: int) -> str:
    return f"{hits / n:.2f}" if n else "–"


def worse(now: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """What became worse beyond chance: a rate whose interval lies above the committed rate."""
    found = []
    for error, of in (("strip", "right"), ("pass", "wrong"), ("pass_verified", "wrong")):
        low, _ = wilson(now[error], now[of])
        then = before[error] / before[of]
        if low > then:
            found.append(f"{error}: {now[error]} of {now[of]}, was {before[error]} of {before[of]}")
    return found


def _own() -> dict[str, list[CheckedClaim]]:
    return {f"{OWN}, {half}": checked(paraphrases(half)) for half in ("dev", "test")}


def _gate() -> int:
    committed = json.loads((RESULTS / f"{NAME}.json").read_text(encoding="utf-8"))["sets"]
    blocked = [_compared(name, rates(found), committed[name]) for name, found in _own().items()]
    return max(*blocked, _languages_blocked())


def _languages_blocked() -> int:
    """1 where a wrong sentence in one of thirteen languages is verified."""
    claims = wrong_in_languages()
    verified = [one for one in claims if check_claim(one.claim, [Cited(one.texts[0])])[0] == "verified"]
    languages = {one.source for one in claims}
    print(f"{len(claims)} wrong sentences in {len(languages)} languages, {len(verified)} verified")
    for one in verified:
        print(f"BLOCKED: verified though {one.kind} is wrong ({one.source}): {one.claim}")
    return int(bool(verified))


def _compared(name: str, now: dict[str, Any], before: dict[str, Any]) -> int:
    print(f"verdicts of {name}, {now['right'] + now['wrong']} claims: {now['strip']} right ones withheld, "
          f"{now['pass']} wrong ones released, {now['pass_verified']} of them as verified")  # fmt: skip
    found = worse(now, before)
    for line in found:
        print(f"BLOCKED: worse than {RESULTS.name}/{NAME}.json beyond chance: {line}")
    return int(bool(found))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--gate", action="store_true", help="compare our own with what is committed")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    if given.gate:
        return _gate()
    try:
        _, folder = open_data("attributionbench")
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    begun = time.perf_counter()
    sets = {
        "AttributionBench": checked(attribution(folder)),
        "MTRAG": checked(conversations(folder)),
        **_own(),
    }
    speed = sum(map(len, sets.values())) / (time.perf_counter() - begun)
    text, data = report(sets, speed)
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / f"{NAME}.md").write_text(text, encoding="utf-8")
    (given.out / f"{NAME}.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    run_main(main)
