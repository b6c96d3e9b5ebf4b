"""Changing and removing a document by its pages: who may, what is changed, and that it is noted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.identity.audit import AuditLog
from tests.support.document_pages import job_over, looking, serving_pages

pytestmark = pytest.mark.anyio

RELAY = b"---\ntags: [a, b]\nyear: 2024\n---\n# Relay\n\nThe relay clicks twice at noon.\n"


def noted(home: Path) -> list[tuple[str, str, str]]:
    log = AuditLog(home / "default" / "audit.sqlite", lambda: datetime.now(UTC))
    return [(one.user, one.action, one.target) for one in log.list()]


async def test_who_uploaded_a_document_changes_it_and_nobody_else(tmp_path: Path) -> None:
    with serving_pages(tmp_path) as app:
        async with (
            looking(app, tmp_path, "con", "asker", "contributor", groups=("hr",)) as con,
            looking(app, tmp_path, "dan", "asker", "contributor") as dan,
        ):
            sent = await con.post("/documents/add", files=[("files", ("relay.md", RELAY))])
            await job_over(con, sent.headers["location"])
            (found,) = (await con.get("/v1/documents")).json()["documents"]
            address = f"/documents/{found['doc_id']}"
            for path in ("change", "reset", "remove"):
                assert (await dan.post(f"{address}/{path}")).status_code == 403
            for path in ("change", "remove"):
                assert (await dan.get(f"{address}/{path}")).status_code == 403
            assert "/change" not in (await dan.get(address)).text

            form = (await con.get(f"{address}/change")).text
            assert 'value="everyone"' in form
            assert 'value="a, b"' in form
            assert 'value="2024"' in form
            lines = {"key": ["tags", "year", ""], "was": ["a, b", "2024", ""], "value": ["a, b", "2024", ""]}
            same = {"readers": "everyone", "readers_was": "everyone", **lines}
            nothing = await con.post(f"{address}/change", data=same)
            assert nothing.headers["location"] == f"{address}?done=unchanged"
            changed = {**same, "readers": "hr", "value": ["c", "", "Ann"], "key": ["tags", "year", "author"]}
            saved = await con.post(f"{address}/change", data=changed)
            assert saved.headers["location"] == f"{address}?done=changed"
            assert "It holds from the next question on" in (await con.get(saved.headers["location"])).text
            now = (await con.get(f"/v1{address}")).json()
            assert (now["groups"], now["metadata"]["tags"], now["metadata"]["author"]) == (
                ["hr"],
                ["c"],
                "Ann",
            )
            assert "year" not in now["metadata"]
            assert (await dan.get(address)).status_code == 404

            for wrong in ({"readers": "a|b"}, {"key": ["", "", ""], "value": ["x", "", ""]}):
                refused = await con.post(f"{address}/change", data={**same, **wrong})
                assert refused.status_code == 422
                assert 'role="alert"' in refused.text
            assert (await con.post(f"{address}/reset")).headers["location"] == f"{address}?done=reset"
            assert (await con.get(f"/v1{address}")).json()["metadata"]["year"] == 2024

            closed = await con.post(f"{address}/change", data={**same, "readers": "board"})
            assert closed.headers["location"] == "/documents?done=changed"  # she may not read it any more
    actions = [
        action for user, action, target in noted(tmp_path) if target == found["doc_id"] and user == "con"
    ]
    assert actions.count("documents.change") >= 2
    assert "documents.reset" in actions


async def test_removing_says_first_which_answers_lose_their_words(home: Path) -> None:
    with serving_pages(home) as app:
        async with looking(app, home, "op", "operator") as op, looking(app, home, "ann", "asker") as ann:
            question = {"question": "How many volts does the Heron gateway need?"}
            answer = (await ann.post("/v1/answers", json=question)).json()
            address = f"/documents/{answer['citations'][0]['doc_id']}"
            page = (await op.get(f"{address}/remove")).text
            assert f"/answers/{answer['id']}" in page
            assert "1 version" in page
            assert (await op.get(address)).status_code == 200  # nothing went yet
            assert (await op.post(f"{address}/remove")).headers["location"] == "/documents?done=removed"
            assert (await op.get(address)).status_code == 404
            assert (await ann.get(f"/v1/answers/{answer['id']}")).json()["citations"][0]["quote"]
    assert ("op", "documents.delete", address.rpartition("/")[2]) in noted(home)


async def test_only_operators_have_a_document_forgotten(home: Path) -> None:
    with serving_pages(home) as app:
        async with (
            looking(app, home, "op", "operator") as op,
            looking(app, home, "con", "asker", "contributor") as con,
        ):
            sent = await con.post("/documents/add", files=[("files", ("relay.md", RELAY))])
            await job_over(con, sent.headers["location"])
            found = (await con.get("/v1/documents", params={"words": "relay"})).json()["documents"]
            address = f"/documents/{found[0]['doc_id']}"
            assert "forget" not in (await con.get(f"{address}/remove")).text
            assert (await con.post(f"{address}/remove", data={"how": "forget"})).status_code == 403
            done = await op.post(f"{address}/remove", data={"how": "forget"})
            assert done.status_code == 200
            assert "Forgotten" in done.text
            assert (await op.get(address)).status_code == 404
