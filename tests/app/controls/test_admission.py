"""Places are never more than there are, and whoever asks much waits behind himself."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.controls.admission import Admission, BusyError
from app.controls.deadline import Deadline, DeadlinePassedError

pytestmark = pytest.mark.anyio


async def settle() -> None:
    """Let every task go as far as it can."""
    for _ in range(6):
        await asyncio.sleep(0)


def waiter(admission: Admission, order: list[str], tenant: str, user: str) -> asyncio.Task[None]:
    async def ask() -> None:
        async with admission.place(tenant, user):
            order.append(f"{tenant}/{user}")

    return asyncio.ensure_future(ask())


async def test_tenants_take_turns_and_in_them_their_users() -> None:
    admission, order = Admission(1, 100), list[str]()
    async with admission.place("a", "first"):
        asked = [("a", "ann")] * 4 + [("a", "bob")] + [("b", "cleo")] * 2
        tasks = [waiter(admission, order, *one) for one in asked]
        await settle()
        assert admission.waiting == 7
    await asyncio.gather(*tasks)
    assert order == ["a/ann", "b/cleo", "a/bob", "b/cleo", "a/ann", "a/ann", "a/ann"]
    assert (admission.running, admission.waiting) == (0, 0)


async def test_beyond_the_queue_one_is_refused_at_once_and_told_when_to_come_back() -> None:
    now = [0.0]
    admission, order = Admission(2, 3, lambda: now[0]), list[str]()
    async with admission.place("a", "x"):
        now[0] = 12.0
    async with AsyncExitStack() as held:
        for _ in range(2):
            await held.enter_async_context(admission.place("a", "x"))
        tasks = [waiter(admission, order, "a", "x") for _ in range(3)]
        await settle()
        with pytest.raises(BusyError) as refused:
            async with admission.place("a", "x"):
                pass
    await asyncio.gather(*tasks)
    # The average is 2 + .2 * (12 - 2) = 4 s, and two rounds are before it.
    assert refused.value.retry_after_s == 8.0
    assert (refused.value.status, refused.value.retryable, refused.value.code) == (503, True, "busy")


async def test_waiting_takes_of_the_requests_time() -> None:
    admission = Admission(1, 5)
    async with admission.place("a", "x"):
        with pytest.raises(DeadlinePassedError):
            async with admission.place("a", "x", Deadline.after(0.0)):
                pass
        assert admission.waiting == 0
    assert admission.running == 0


async def test_a_place_handed_to_who_has_just_left_goes_on() -> None:
    admission, order = Admission(1, 5), list[str]()
    held = AsyncExitStack()
    await held.enter_async_context(admission.place("a", "x"))
    gone, next_one = waiter(admission, order, "a", "gone"), waiter(admission, order, "b", "next")
    await settle()
    await held.aclose()  # The place is handed to the first,
    gone.cancel()  # who is cancelled before it can tell.
    await asyncio.gather(gone, next_one, return_exceptions=True)
    assert order == ["b/next"]
    assert (admission.running, admission.waiting) == (0, 0)


async def test_who_is_cancelled_before_a_place_gets_free_is_passed_over() -> None:
    admission, order = Admission(1, 5), list[str]()
    held = AsyncExitStack()
    await held.enter_async_context(admission.place("a", "x"))
    gone, next_one = waiter(admission, order, "a", "gone"), waiter(admission, order, "a", "next")
    await settle()
    gone.cancel()
    await held.aclose()
    await asyncio.gather(gone, next_one, return_exceptions=True)
    assert order == ["a/next"]
    assert (admission.running, admission.waiting) == (0, 0)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "ask", "end", "cancel", "turn"]), st.integers(0, 9), st.sampled_from("abc")
    ),
    max_size=60,
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(STEPS, st.integers(1, 3), st.integers(0, 4))
def test_no_place_is_lost_whatever_is_cancelled(
    steps: list[tuple[str, int, str]], places: int, queue: int
) -> None:
    async def run() -> None:
        admission = Admission(places, queue)
        ends: dict[asyncio.Task[None], asyncio.Event] = {}
        inside = 0

        async def ask(tenant: str, user: str, end: asyncio.Event) -> None:
            nonlocal inside
            async with admission.place(tenant, user):
                inside += 1
                try:
                    assert inside <= places
                    await end.wait()
                finally:
                    inside -= 1

        for what, number, tenant in steps:
            going = [task for task in ends if not task.done()]
            if what == "ask":
                end = asyncio.Event()
                ends[asyncio.ensure_future(ask(tenant, str(number % 3), end))] = end
            elif what == "turn":
                await settle()
            elif going and what == "end":
                ends[going[number % len(going)]].set()
            elif going:
                going[number % len(going)].cancel()
            assert admission.waiting <= queue
            assert admission.running <= places
        for end in ends.values():
            end.set()
        results = await asyncio.gather(*ends, return_exceptions=True)
        kinds = (asyncio.CancelledError, BusyError)
        assert all(one is None or isinstance(one, kinds) for one in results), results
        assert (admission.running, admission.waiting, inside) == (0, 0, 0)
        async with AsyncExitStack() as held:
            for _ in range(places):
                await held.enter_async_context(admission.place("a", "again"))

    asyncio.run(run())


async def test_who_fills_the_queue_makes_room_for_another_tenant_and_another_user() -> None:
    admission = Admission(places=1, queue=3)
    gone: list[str] = []
    done: list[str] = []
    told: list[float] = []
    gate = asyncio.Event()

    async def ask(tenant: str, user: str) -> None:
        try:
            async with admission.place(tenant, user):
                await gate.wait()
                done.append(f"{tenant}/{user}")
        except BusyError as busy:
            told.append(busy.retry_after_s)
            gone.append(f"{tenant}/{user}")

    async def come(tenant: str, user: str) -> None:
        tasks.append(asyncio.create_task(ask(tenant, user)))
        await asyncio.sleep(0.01)

    tasks: list[asyncio.Task[None]] = []
    for _ in range(4):
        await come("greedy", "ann")
    await come("greedy", "ann")
    assert gone == ["greedy/ann"], "nobody makes room for himself"
    await come("modest", "bob")
    assert gone == ["greedy/ann"] * 2
    await come("greedy", "carl")
    assert gone == ["greedy/ann"] * 3, "within a tenant too"
    await come("modest", "dora")
    assert gone[-1] == "modest/dora", "the greedy tenant has only one more"
    assert admission.waiting == 3
    gate.set()
    await asyncio.gather(*tasks)
    assert len(told) == 4
    assert min(told) > 0
    assert sorted(done) == ["greedy/ann", "greedy/ann", "greedy/carl", "modest/bob"]
    assert (admission.running, admission.waiting) == (0, 0)


async def test_within_a_tenant_too_who_fills_the_queue_makes_room() -> None:
    admission = Admission(places=1, queue=2)
    gate = asyncio.Event()

    async def ask(user: str) -> str:
        try:
            async with admission.place("t", user):
                await gate.wait()
                return user
        except BusyError:
            return f"no {user}"

    tasks = []
    for user in ("ann", "ann", "ann", "bob"):
        tasks.append(asyncio.create_task(ask(user)))
        await asyncio.sleep(0.01)
    gate.set()
    assert await asyncio.gather(*tasks) == ["ann", "ann", "no ann", "bob"]
