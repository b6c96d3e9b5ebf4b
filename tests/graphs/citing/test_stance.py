from __future__ import annotations

import pytest

from graphs.citing.stance import differences, opposed, stance


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Staff must wear a badge.", "Staff may wear a badge."),
        ("Staff may wear a badge.", "Staff must wear a badge."),
        ("Staff should wear a badge.", "Staff wear a badge."),
        ("It is refunded.", "It is not refunded."),
        ("It isn’t refunded.", "It is refunded."),
        ("It ends before the trial.", "It ends after the trial."),
        ("Keep it below the limit.", "Keep it above the limit."),
        ("It works without a cable.", "It works with a cable."),
        ("Switch it off.", "Switch it on."),
        ("All devices are covered.", "Devices are covered."),
        ("Only staff may enter.", "Staff may enter."),
        ("Devices are covered.", "Most devices are covered."),
        ("Devices are returned.", "Devices may be returned."),
    ],
)
def test_small_words_that_change_what_is_said_are_seen(claim: str, source: str) -> None:
    assert differences(stance(claim), stance(source))


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Staff have to wear a badge.", "Staff must wear a badge."),
        ("It can't be refunded.", "It cannot be refunded."),
        ("The trial ends on 3 May 2026.", "The trial ends on 3 May 2026."),
        ("It takes no more than 3 days.", "It takes at most 3 days."),
        ("Nobody may enter.", "No person may enter."),
    ],
)
def test_other_words_for_the_same_agree(claim: str, source: str) -> None:
    assert differences(stance(claim), stance(source)) == []


def test_a_word_of_denial_may_stand_for_not() -> None:
    assert not opposed(stance("Software is excluded from refunds."), stance("Software is not refunded."))
    assert opposed(stance("Software is refunded."), stance("Software is not refunded."))


def test_who_pays_is_not_exchanged() -> None:
    words = [one.words for one in differences(stance("We pay the return."), stance("You pay the return."))]
    assert words == ["it turns 'you' into 'we'"]
    assert differences(stance("The customer pays."), stance("You pay.")) == []
