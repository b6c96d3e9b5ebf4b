from __future__ import annotations

import pytest

from graphs.text.sentences import units


def kinds_and_texts(text: str) -> list[tuple[str, str]]:
    return [(unit.kind, unit.of(text)) for unit in units(text)]


@pytest.mark.parametrize(
    "marker",
    "- * + • ‣ ⁃ ◦ ● ○ ▪ ▫ ■ □ ◆ ► ▶ ❖ ➢ · ∙ – — ― \uf0b7 \uf0a7 1. 12) ١. १. １． a) b. i. iv) xii.".split(),
)
def test_markers_that_say_nothing_are_not_cited(marker: str) -> None:
    text = f"{marker} Keep the box\n  {marker} Keep the bill\n"
    assert kinds_and_texts(text) == [("item", "Keep the box"), ("item", "Keep the bill")]


SIGNS = [*"✓ ✗ ✔ ✘ ☐ ☑ ☒ ✅ ❌ ⚠️ → ★ [x] [X] (a) (12) (iv) (А) А. A) أ. ① ❶".split(), "[ ]"]


@pytest.mark.parametrize("sign", SIGNS)
def test_signs_that_say_something_stay_in_the_text(sign: str) -> None:
    text = f"{sign} Keep the box\n- {sign} Keep the bill\n{sign} Keep both\n"
    assert kinds_and_texts(text) == [
        ("item", f"{sign} Keep the box"),
        ("item", f"{sign} Keep the bill"),
        ("item", f"{sign} Keep both"),
    ]


def test_done_and_not_done_are_told_apart() -> None:
    assert kinds_and_texts("- [x] Signed\n- [ ] Paid") == [("item", "[x] Signed"), ("item", "[ ] Paid")]


@pytest.mark.parametrize(
    "text",
    [
        "The house\n— built in 1900 —\nwas sold",
        "as said in section\n(a) of the law",
        "I was very\n☹ about it",
        "it came from\nA. Smith, who left",
        "5 € is\n© 2024 Acme",
    ],
)
def test_prose_that_wraps_is_not_a_list(text: str) -> None:
    assert kinds_and_texts(text) == [("sentence", text)]


def test_a_dialogue_has_a_unit_for_each_line() -> None:
    text = "Он спросил:\n— Кто там?\n— Это я, — сказал он.\n"
    assert kinds_and_texts(text) == [
        ("sentence", "Он спросил:"),
        ("item", "Кто там?"),
        ("item", "Это я, — сказал он."),
    ]


def test_a_list_may_follow_its_introduction() -> None:
    text = "We sell:\n● apples\n▪ pears,\n(a) plums"
    assert [kind for kind, _ in kinds_and_texts(text)] == ["sentence", "item", "item", "item"]


@pytest.mark.parametrize(
    "line", ["> quoted", "$ pip install", "# Title", "@ home", "% of it", "€ 5", '" said', "… and"]
)
def test_other_signs_begin_no_item(line: str) -> None:
    assert "item" not in [kind for kind, _ in kinds_and_texts(line)]
