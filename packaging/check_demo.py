"""Asks the demo's questions again, as JSON: each is answered with words that are there, or declined. Run by
`.ci/run` after `make demo`, in the environment that the runtime lock alone made.

    python packaging/check_demo.py PINCITE QUESTIONS --answered 3 --abstained 1

The answer that README.md shows must be what is printed, but for where lines break.
"""

import argparse
import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

README = Path(__file__).parents[1] / "README.md"


def run(*command: str) -> str:
    # The exit code is the caller's to ignore: the answer itself says what became of the question.
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8", check=False
    ).stdout


def faults(pincite: str, answer: dict[str, Any]) -> list[str]:
    """What an `answered` one must have: every claim cited, every quote in the stored text as it says."""
    if answer["status"] != "answered":
        return []
    found = [] if answer["claims"] else ["no claims"]
    citations = {citation["number"]: citation for citation in answer["citations"]}
    for claim in answer["claims"]:
        if not claim["citations"] or not citations.keys() >= set(claim["citations"]):
            found.append(f"a claim whose citations are missing: {claim['text']!r}")
    for citation in citations.values():
        text = run(pincite, "text", citation["doc_id"], "--version", citation["version"])
        if not citation["quote"].strip() or text[citation["start"] : citation["end"]] != citation["quote"]:
            found.append(f"words that are not where they are said to be: {citation}")
    return found


def shown_wrongly(pincite: str) -> str:
    """The question whose answer README.md shows otherwise than it is printed; empty where none."""
    block = README.read_text(encoding="utf-8").partition("```\n> ")[2].partition("```")[0]
    question, _, shown = block.partition("\n")
    printed = run(pincite, "ask", question)
    return "" if shown.strip() and " ".join(shown.split()) in " ".join(printed.split()) else question


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("pincite")
    parser.add_argument("questions", type=Path)
    parser.add_argument("--answered", type=int, required=True)
    parser.add_argument("--abstained", type=int, required=True)
    options = parser.parse_args()

    lines = options.questions.read_text(encoding="utf-8").splitlines()
    statuses: Counter[str] = Counter()
    wrong: list[str] = []
    for question in (line for line in lines if line.strip() and not line.startswith("#")):
        answer = json.loads(run(options.pincite, "ask", "--json", question))
        statuses[answer["status"]] += 1
        wrong += [f"{question}: {fault}" for fault in faults(options.pincite, answer)]
        print(f"{answer['status']:>10}  {question}")
    if statuses != Counter(answered=options.answered, abstained=options.abstained):
        wrong.append(
            f"wanted {options.answered} answered and {options.abstained} abstained, got {dict(statuses)}"
        )
    if question := shown_wrongly(options.pincite):
        wrong.append(f"README.md shows another answer than is printed to {question!r}")
    print("\n".join(f"WRONG: {line}" for line in wrong) or "The demo keeps its promise.")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
