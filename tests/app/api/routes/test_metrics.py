"""``/metrics``, and what a run is told of the request that it came by."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.compose import Pincite
from app.controls.settings import LimitSettings
from app.identity.settings import AuthSettings
from tests.app.api.test_application import VOLTS, client_of, events_of, problem_of
from tests.support.served import calling, key_of, serving

pytestmark = pytest.mark.anyio

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


async def test_numbers_are_for_everybody_where_nobody_logs_in_and_for_operators_else(home: Path) -> None:
    with serving(home) as app:
        async with calling(app, key_of(home, "ann", "asker")) as client:
            assert (await client.post("/v1/answers", json={"question": VOLTS})).status_code == 200
            told = await client.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain")
    lines = told.text.splitlines()
    assert 'pincite_answers_total{mode="extractive",status="answered"} 1.0' in lines
    assert {"pincite_in_flight 0.0", "pincite_waiting 0.0"} <= {*lines}
    assert VOLTS not in told.text
    with serving(home, auth=AuthSettings(required=True)) as app:
        async with calling(app, key_of(home, "ann", "asker")) as client:
            assert problem_of(await client.get("/metrics"))["code"] == "not-allowed"
        async with calling(app, key_of(home, "otto", "operator")) as client:
            assert (await client.get("/metrics")).status_code == 200


async def test_questions_refused_by_a_limit_are_counted_by_whose_it_is(home: Path) -> None:
    with serving(home, limits=LimitSettings(user_per_minute=1)) as app:
        async with calling(app, key_of(home, "ann", "asker")) as client:
            asked = [await client.post("/v1/answers", json={"question": VOLTS}) for _ in range(3)]
            assert [one.status_code for one in asked] == [200, 429, 429]
            told = (await client.get("/metrics")).text
    assert 'pincite_budget_refusals_total{scope="user"} 2.0' in told.splitlines()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("thread", ["", "traced"])
async def test_a_run_goes_on_with_the_callers_trace_and_knows_its_request(
    pincite: Pincite, stream: bool, thread: str
) -> None:
    headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    asked = {"question": VOLTS, "stream": stream, "thread": thread}
    async with client_of(pincite) as client:
        response = await client.post("/v1/answers", json=asked, headers=headers)
        if thread:
            # The home is other tests' too.
            assert (await client.delete(f"/v1/threads/{thread}")).status_code == 204
    answer = events_of(response.text)[-1][1]["answer"] if stream else response.json()
    assert answer["receipt"]["trace"]["id"] == TRACE
    assert answer["receipt"]["request"] == {"id": response.headers["x-request-id"], "route": "/v1/answers"}
