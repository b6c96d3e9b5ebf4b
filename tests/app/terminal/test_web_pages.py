"""``pincite add https://…`` and ``--sitemap``, as a user runs them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cli import Command
from tests.support.web_server import Site, site

OPEN = {"PINCITE_WEB__PRIVATE_HOSTS": "127.0.0.1", "PINCITE_WEB__DELAY_S": "0"}


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as opened:
        opened.page("/ferry", "<h1>Ferry</h1><p>The ferry leaves at a quarter past nine.</p>")
        opened.page("/map.xml", f"<urlset><url><loc>{opened.url}/ferry</loc></url></urlset>", "text/xml")
        yield opened


def test_a_page_and_a_file_in_one_command(command: Command, web: Site, tmp_path: Path) -> None:
    (tmp_path / "dogs.md").write_text("Dogs travel free of charge.\n")
    done = command("add", tmp_path / "dogs.md", f"{web.url}/ferry", f"{web.url}/gone", **OPEN)
    assert done.code == 1
    assert [line.partition(";")[0] for line in done.out.splitlines()] == [
        "source files: 1 added, 0 unchanged",
        "readers of what was added or updated: everyone: 1",
        "source web: 1 added, 0 unchanged, 1 failed",
        "readers of what was added or updated: everyone: 1",
    ]
    (line,) = done.err.splitlines()
    assert line.startswith(f"failed: {web.url}/gone: the host answered 404")
    answer = command("ask", "When does the ferry leave?", "--json").out
    assert f'"uri": "{web.url}/ferry"' in answer


def test_a_source_made_equal_to_a_sitemap(command: Command, web: Site) -> None:
    assert command("sync", "--sitemap", f"{web.url}/map.xml", "--source", "site", **OPEN).out.startswith(
        "source site: 1 added"
    )
    again = command("add", "--sitemap", f"{web.url}/map.xml", "--source", "site", **OPEN)
    assert again.out.startswith("source site: 0 added, 1 unchanged")


def test_arguments_that_do_not_go_together(command: Command, web: Site) -> None:
    for arguments, words in [
        (["add"], "name files, folders or web pages"),
        (["sync", "--source", "site"], "name one folder, or one sitemap"),
        (["add", "--sitemap", f"{web.url}/none.xml"], "404"),
        (["add", f"{web.url}/ferry", "--source", "a/b"], "cannot be the name of a source"),
    ]:
        done = command(*arguments, **OPEN)
        assert done.code == 2
        (line,) = done.err.splitlines()
        assert line.startswith("pincite: ")
        assert words in line


def test_private_addresses_are_refused_by_default(command: Command, web: Site) -> None:
    done = command("add", f"{web.url}/ferry")
    assert done.code == 1
    assert "not a public address; to read hosts of your own network" in done.err
    assert web.asked == []
