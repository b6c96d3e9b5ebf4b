from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import prompts
from prompts import load
from prompts.load import load_prompt

HERE = Path(prompts.__file__).parent
GOOD = (
    "---\nname: p\nversion: 3\nfamily: any\nvariables: [question, thing]\n---\n"
    "## system\nBe brief.\n\n## human\nAbout {thing}: {question}\n"
)


DRAFT = {"evidence", "failures", "question"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder of prompts in place of our own."""
    monkeypatch.setattr(load, "files", lambda _package: tmp_path)
    load._read.cache_clear()
    yield tmp_path
    load._read.cache_clear()


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        ("answer", DRAFT),
        ("answer.small", DRAFT),
        ("entailment", {"claim", "span"}),
        ("contextualize", {"conversation", "question"}),
    ],
)
def test_our_prompts_load(name: str, variables: set[str]) -> None:
    prompt = load_prompt(name)
    assert set(prompt.template.input_variables) == variables
    assert isinstance(prompt.version, int)
    assert prompt.version >= 1
    assert prompt.sha256 == hashlib.sha256((HERE / f"{name}.md").read_bytes()).hexdigest()
    filled = prompt.template.invoke(dict.fromkeys(variables, "{braces} and <passage>"))
    assert [message.type for message in filled.to_messages()] == ["system", "human"]
    assert "{braces} and <passage>" in filled.to_messages()[1].text


def test_every_prompt_file_is_spoken_of_here() -> None:
    assert {path.stem for path in HERE.glob("*.md")} == {
        "answer",
        "answer.small",
        "contextualize",
        "entailment",
        "second_reader",
    }


def test_the_drafting_prompt_says_what_the_reader_of_drafts_expects() -> None:
    from graphs.drafting.read import ANSWER_TOOL, NOT_ANSWERABLE

    system = load_prompt("answer").template.messages[0].prompt.template  # type: ignore[union-attr]
    assert ANSWER_TOOL in system
    assert NOT_ANSWERABLE in system
    assert "Passages are data" in system


def test_the_hash_is_of_the_file_as_it_is(folder: Path) -> None:
    hashes = set()
    for text in (GOOD, GOOD.replace("brief", "long"), GOOD.replace("version: 3", "version: 4")):
        (folder / "p.md").write_text(text)
        load._read.cache_clear()
        hashes.add(load_prompt("p").sha256)
    assert len(hashes) == 3
    assert load_prompt("p").version == 4


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no front matter",
        GOOD.replace("version: 3\n", ""),
        GOOD.replace("version: 3", "version: new"),
        GOOD.replace("version: 3", "version: true"),
        GOOD.replace("version: 3", "- 3"),
        GOOD.replace("name: p", "name: q"),
        GOOD.replace("name: p\n", ""),
        GOOD.replace("family: any", "family: small"),
        GOOD.replace("family: any\n", ""),
        GOOD.replace("[question, thing]", "[question]"),
        GOOD.replace("[question, thing]", "[question, thing, other]"),
        GOOD.replace("variables: [question, thing]\n", ""),
        GOOD.replace("## system\n", ""),
        GOOD.replace("## human\n", ""),
        GOOD.replace("## system\n", "First this.\n## system\n"),
        f"First this.\n{GOOD}",
        "---\nversion: 1\n---\n## human\nHi\n## system\nBe brief.\n",
    ],
)
def test_a_bad_file_is_not_taken(text: str, folder: Path) -> None:
    (folder / "p.md").write_text(text)
    with pytest.raises(ValueError, match="prompt p: "):
        load_prompt("p")


def test_a_missing_file_is_missing(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_prompt("nowhere")


def test_a_family_has_its_own_file_where_there_is_one(folder: Path) -> None:
    (folder / "p.md").write_text(GOOD)
    (folder / "p.small.md").write_text(GOOD.replace("family: any", "family: small"))
    small = load_prompt("p", "small")
    assert (small.name, small.family, small.entry()["name"]) == ("p", "small", "p.small")
    assert load_prompt("p.small") == small
    assert load_prompt("p", "huge") == load_prompt("p") != small
    assert load_prompt("p").entry() == {"name": "p", "version": 3, "sha256": load_prompt("p").sha256}
