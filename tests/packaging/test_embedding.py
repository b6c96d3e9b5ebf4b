"""A host with its own `app` and `tools` installs the wheel and embeds Pincite: in parts, whole and served."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph_sdk import get_client

ROOT = Path(__file__).resolve().parents[2]
HOST = Path(__file__).resolve().parent / "host"

OWN_PARTS = """
import asyncio, app, tools
from langchain_core.documents import Document
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.retrievers import BaseRetriever
from pincite.graphs.answer import build_answer_graph
class Shelf(BaseRetriever):
    def _get_relevant_documents(self, query, *, run_manager):
        return [Document("Returns are free for 30 days. Keep the box.", metadata={"source": "returns.md"})]
model = FakeListChatModel(responses=["Returns are free for 30 days [1]."])
graph = build_answer_graph(retriever=Shelf(), model=model)
answer = asyncio.run(graph.ainvoke({"question": "How long are returns free?"}))["answer"]
print(answer["status"], answer["citations"][0]["quote"], app.WHOSE, tools.WHOSE, sep="|")
"""

WHOLE = """
import app
from pincite.app.compose import open_pincite
with open_pincite() as pincite:
    answer = pincite.ask("How long is the warranty of a gateway?")
    cited = answer.citations[0]
    stored = pincite.registry.text(cited.doc_id, cited.version)
    print(answer.status, answer.mode, stored[cited.start : cited.end] == cited.quote, app.WHOSE, sep="|")
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with one document in it, named by the environment."""
    for name in [name for name in os.environ if name.startswith(("PINCITE_", "LANGSMITH_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    document = tmp_path / "warranty.md"
    document.write_text("# Warranty\n\nThe warranty of a gateway lasts 36 months from delivery.\n")
    monkeypatch.setenv("PINCITE_HOME", str(home))
    subprocess.run([sys.executable, "-m", "app.cli", "add", str(document)], cwd=ROOT, check=True)
    return home


def test_the_graph_alone_runs_with_the_hosts_retriever_and_model(in_host: Callable[[str], str]) -> None:
    assert in_host(OWN_PARTS).strip() == "answered|Returns are free for 30 days.|host|host"


@pytest.mark.usefixtures("home")
def test_the_whole_application_opens_from_settings(in_host: Callable[[str], str]) -> None:
    assert in_host(WHOLE).strip() == "answered|extractive|True|host"


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("example", "after", "says"),
    [
        ("own_parts", "", "Returns are free for 30 days. [1]"),
        ("whole_application", "", "answered The warranty of a gateway lasts 36 months"),
        (
            "subgraph",
            "import asyncio; print(asyncio.run(graph.ainvoke({'question': sys.argv[1]}))['reply'])",
            "Hello! The warranty of a gateway lasts 36 months",
        ),
    ],
)
def test_the_examples_run_in_a_host(
    in_host: Callable[[str], str], example: str, after: str, says: str
) -> None:
    code = (ROOT / "examples" / f"{example}.py").read_text(encoding="utf-8")
    asked = "import sys; sys.argv = ['example', 'How long is the warranty of a gateway?']"
    assert in_host(f"{asked}\n{code}\n{after}").startswith(says)


@pytest.mark.usefixtures("home")
def test_a_node_is_its_file_a_line_and_the_state(in_host: Callable[[str], str]) -> None:
    """Pincite answers what the documents hold; what they do not, the host's own node takes on."""
    said = in_host(
        f"import asyncio, sys\nsys.path.insert(0, {str(ROOT / 'examples' / 'own_node')!r})\n"
        "from graph import graph\n"
        "for asked in ('How long is the warranty of a gateway?', 'Who repairs zeppelins on Mars?'):\n"
        "    state = asyncio.run(graph.ainvoke({'question': asked}))\n"
        "    print(state['answer']['status'], repr(state['ticket']))\n"
    )
    assert said.splitlines() == [
        "answered ''",
        "abstained 'For a colleague: Who repairs zeppelins on Mars?'",
    ]


@pytest.mark.slow
@pytest.mark.usefixtures("home")
def test_langgraph_dev_serves_it_as_a_subgraph_of_the_hosts_graph(installed: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(HOST, project)
    with _langgraph_dev(project, installed) as url:
        nodes, reply, children = asyncio.run(_ask(url))
    assert {"pincite", "sign"} <= nodes
    assert reply == "The warranty of a gateway lasts 36 months from delivery. [1] - the host"
    assert {"guard", "retrieve", "rerank", "generate", "cite", "release"} <= children


async def _ask(url: str) -> tuple[set[str], str, set[str]]:
    children: set[str] = set()
    reply = ""
    question: Any = {"question": "How long is the warranty of a gateway?"}
    async with get_client(url=url) as client:
        graph = await client.assistants.get_graph("desk")
        thread = await client.threads.create()
        stream = client.runs.stream(
            thread["thread_id"], "desk", input=question, stream_mode=["updates"], stream_subgraphs=True
        )
        async for part in stream:
            if part.event.startswith("updates|"):
                children |= set(part.data or {})
            elif part.event == "updates" and part.data and "sign" in part.data:
                reply = part.data["sign"]["reply"]
    return {node["id"] for node in graph["nodes"]}, reply, children


@contextmanager
def _langgraph_dev(project: Path, installed: Path) -> Iterator[str]:
    port = _free_port()
    dependencies = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(project), str(installed), *dependencies]),
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "LANGGRAPH_NO_VERSION_CHECK": "true",
    }
    flags = ["--no-browser", "--no-reload", "--n-jobs-per-worker", "10", "--port", str(port)]
    log = project / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-S", "-m", "langgraph_cli", "dev", *flags],
            cwd=project,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, server, log)
            yield url
        finally:
            server.terminate()
            server.wait(20)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends and server.poll() is None:
        try:
            if httpx.get(f"{url}/ok", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(log.read_text(errors="replace")[-4000:])
