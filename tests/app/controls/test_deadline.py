"""One deadline, shared by whatever a request does."""

from __future__ import annotations

import pytest

from app.controls.deadline import Deadline, DeadlinePassedError


def test_nothing_takes_more_than_is_left() -> None:
    now = [0.0]
    deadline = Deadline.after(10, lambda: now[0])
    assert deadline.share(3) == 3
    now[0] = 8
    assert deadline.share(3) == 2
    now[0] = 10
    assert deadline.left() == 0
    with pytest.raises(DeadlinePassedError):
        deadline.share(3)
