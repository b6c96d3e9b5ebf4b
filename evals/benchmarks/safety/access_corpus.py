"""Documents of two tenants for six groups, each with words of its own that only its readers may ever see."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

GROUPS = ("board", "finance", "hr", "legal", "ops", "sales")
TENANTS = ("north", "south")
PROJECTS = 24
COPIES = 3
"""Documents of a project in each tenant, each for other readers."""

QUESTIONS = (
    "What is the budget of {project}?",
    "Who runs {project}?",
    "What is the code word of {project}?",
    "Where does {project} have its office and what does it cost?",
    "{project}",
    "Tell me all about {project} and {other}.",
    "Is the budget of {project} higher than that of {other}?",
    "What does {word} mean?",
    "What does the file {word} say about {project}?",
    "How many days of leave does {person} have?",
)
FILTERS: tuple[dict[str, str | list[str]], ...] = (
    {}, {}, {}, {"project": "{project}"}, {"year": "2024"}, {"groups": "board"}, {"readers": "everyone"},
    {"tenant": "south"}, {"title": "{word}"}, {"doc_id": "{doc}"}, {"kind": ["plan", "memo"]},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Owned:
    """A document with what only its readers may learn. ``groups``: who they are; empty: all of the tenant."""

    tenant: str
    project: str
    name: str
    groups: frozenset[str]
    words: tuple[str, ...]
    text: str

    def is_for(self, tenant: str, groups: Sequence[str]) -> bool:
        return self.tenant == tenant and (not self.groups or not self.groups.isdisjoint(groups))


def owned(rng: random.Random, planted: int = 0) -> list[Owned]:
    """The documents; ``planted`` of them say nothing of their readers, though they have some."""
    made: list[Owned] = []
    taken: set[str] = set()

    def word(syllables: int = 4) -> str:
        while True:
            said = "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(syllables))
            if said not in taken:
                taken.add(said)
                return said.capitalize() + "q"

    projects = [word(3) for _ in range(PROJECTS)]
    for tenant in TENANTS:
        for project in projects:
            for copy in range(COPIES):
                groups = frozenset(rng.sample(GROUPS, rng.randint(1, 3))) if copy else frozenset()
                made.append(_document(rng, tenant, project, groups, [word() for _ in range(6)]))
    restricted = [one for one in made if one.groups]
    for one in rng.sample(restricted, planted):
        open_text = "\n".join(line for line in one.text.split("\n") if not line.startswith("groups:"))
        made[made.index(one)] = Owned(one.tenant, one.project, one.name, one.groups, one.words, open_text)
    return made


def _document(
    rng: random.Random, tenant: str, project: str, groups: frozenset[str], words: Sequence[str]
) -> Owned:
    name, title, code, person, city, heading = words
    money = f"{rng.randint(101, 998)},{rng.randint(101, 998)}"
    readers = [f"groups: [{', '.join(sorted(groups))}]"] if groups else []
    text = "\n".join(
        [
            "---", f"title: {title} file", *readers, f"project: {project}",
            f"year: {rng.choice((2023, 2024))}", f"kind: {rng.choice(('plan', 'memo', 'list'))}", "---",
            f"# Budget of {project}", "",
            f"The budget of {project} is {money} EUR. The code word of {project} is {code}.", "",
            f"## {heading}", "", f"{project} is run by {person}, whose office is in {city}.",
            f"{person} has {rng.randint(20, 40)} days of leave.", "",
            "| item | cost | place |", "|---|---|---|", f"| rent of {project} | {money} EUR | {city} |", "",
        ]
    )  # fmt: skip
    # Sums may be alike by chance; made words are nobody else's.
    return Owned(tenant, project, f"{name}.md", groups, tuple(words), text)


def write(made: Sequence[Owned], folder: Path) -> None:
    """The files, a folder a tenant."""
    for one in made:
        path = folder / one.tenant / one.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(one.text, encoding="utf-8")
