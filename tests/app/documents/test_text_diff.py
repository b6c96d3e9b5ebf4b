"""How two texts are compared: nothing is lost, and no two texts take long."""

from __future__ import annotations

import random
import time

import pytest

from app.documents.text_diff import MOST_CHANGED, MOST_TOGETHER, ChangedPart, text_diff


def shown(part: ChangedPart, *changes: str) -> str:
    return "".join(one.text for one in part.pieces if one.change in changes)


def test_either_text_can_be_read_off_the_pieces() -> None:
    chance = random.Random(7)  # noqa: S311
    for _ in range(1000):
        old, new = (
            "".join(
                chance.choice(("one ", "two ", "é", "三", ".", "\n")) for _ in range(chance.randrange(20))
            )
            for _ in range(2)
        )
        parts = text_diff(old, new).parts
        assert bool(parts) == (old != new)
        if len(parts) == 1:
            before, after = (text.splitlines(keepends=True)[parts[0].line - 1 :] for text in (old, new))
            assert "".join(before).startswith(shown(parts[0], "same", "removed"))
            assert "".join(after).startswith(shown(parts[0], "same", "added"))


def test_only_the_words_that_changed_are_marked_with_a_few_lines_around() -> None:
    lines = [f"Line {number} stands.\n" for number in range(100)]
    changed = list(lines)
    changed[50] = "Line 50 falls.\n"
    (part,) = text_diff("".join(lines), "".join(changed)).parts
    assert part.line == 49
    assert [(one.change, one.text) for one in part.pieces] == [
        ("same", "Line 48 stands.\nLine 49 stands.\nLine 50 "),
        ("removed", "stands"),
        ("added", "falls"),
        ("same", ".\nLine 51 stands.\nLine 52 stands.\n"),
    ]


def test_what_is_far_too_long_is_cut_and_counted() -> None:
    (part,) = text_diff("", "x" * 10_000).parts
    (piece,) = part.pieces
    assert (piece.change, len(piece.text) + len(piece.rest), piece.left_out) == (
        "added",
        MOST_CHANGED,
        10_000 - MOST_CHANGED,
    )


def test_changes_next_to_each_other_are_parted_before_they_are_too_many_to_read() -> None:
    old = "".join(f"{number} a\nsame {number}\n" for number in range(MOST_TOGETHER + 1))
    diff = text_diff(old, old.replace(" a\n", " b\n"))
    assert [sum(one.change == "added" for one in part.pieces) for part in diff.parts] == [MOST_TOGETHER, 1]


@pytest.mark.parametrize(
    "make",
    [
        lambda chance: "\n".join(f"w{chance.randrange(3000)} and the rest" for _ in range(60_000)),
        lambda chance: " ".join(f"w{chance.randrange(3000)}" for _ in range(200_000)),
        lambda chance: "".join(chance.choice(("a ", "b ")) for _ in range(500_000)),
        lambda chance: "".join(chance.choice(("a\n", "b\n")) for _ in range(500_000)),
    ],
    ids=["lines", "one line", "two words", "two lines"],
)
def test_a_megabyte_that_differs_everywhere_takes_seconds(make: object) -> None:
    assert callable(make)
    old, new = (make(random.Random(seed)) for seed in (1, 2))  # noqa: S311
    begun = time.process_time()
    assert text_diff(old, new).parts
    assert time.process_time() - begun < 10
