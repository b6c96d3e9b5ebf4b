"""A value is an answer only about what the question names, and about what its own block is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.extractive.answerer import make_extractor, make_gate
from app.extractive.names import has_name, names
from app.extractive.sentence_scores import SentenceScorer
from app.extractive.subjects import subject_at
from app.retrieval.embedding.embedding_cache import EmbeddingCache
from app.retrieval.embedding.minilm_embeddings import MiniLMEmbeddings
from app.retrieval.word_weights import index_weights
from graphs.parts import AnswerRequest
from graphs.passages import to_passage
from tests.support.graph_parts import passage

SETTINGS = """`lamp_delay` (`integer`)
:   Specifies how long the lamp_delay of a lamp waits before its light goes out.
    The default is nine minutes (`9min`).

`lamp_colour` (`text`)
:   The colour of a lamp that is lit. The default is `amber`.

`lamp_fade` (`boolean`)
:   Whether the light goes out slowly. The default is `on`.
"""


@pytest.fixture(scope="module")
def scorer() -> SentenceScorer:
    weigh = index_weights(lambda words: (dict.fromkeys(words, 1), 100))
    return SentenceScorer(
        EmbeddingCache(MiniLMEmbeddings(threads=1)), weigh, lambda keys: dict.fromkeys(keys, SETTINGS)
    )


@pytest.mark.parametrize(
    ("name", "value"), [("lamp_delay", "nine minutes"), ("lamp_colour", "amber"), ("lamp_fade", "on")]
)
@pytest.mark.parametrize("form", ["What is the default of {}?", "{} default"])
def test_a_value_is_found_under_the_term_it_belongs_to(
    scorer: SentenceScorer, name: str, value: str, form: str
) -> None:
    request = AnswerRequest(form.format(name), [to_passage(passage(SETTINGS, SETTINGS))])
    claims = make_extractor(scorer, 3).invoke(request)
    assert any(value in one["text"] for one in claims)
    start, end = SETTINGS.index(f"`{name}`"), SETTINGS.find("\n\n", SETTINGS.index(f"`{name}`"))
    assert all(start <= one["at"] < (end if end > 0 else len(SETTINGS)) for one in claims), "no sibling's"


def test_a_window_of_a_definition_knows_its_term(scorer: SentenceScorer) -> None:
    window = to_passage(passage("The default is nine minutes (`9min`).", SETTINGS))
    (claim,) = make_extractor(scorer, 3).invoke(AnswerRequest("What is the default of lamp_delay?", [window]))
    assert claim["text"].startswith("The default is nine minutes")


def test_what_no_passage_names_is_not_answered(scorer: SentenceScorer) -> None:
    request = AnswerRequest("What is the default of lamp_sound?", [to_passage(passage(SETTINGS, SETTINGS))])
    assert make_extractor(scorer, 3).invoke(request) == []
    assert make_gate(scorer).invoke(request) == 0.0


def test_what_a_sentence_inherits() -> None:
    text = "Ask for these:\n\n- A form.\n- A stamp.\n\nIt costs nothing. It takes a day."
    assert subject_at(text, text.index("A stamp")).intro == "Ask for these:"
    assert subject_at(text, text.index("It takes")).before == "It costs nothing."
    assert subject_at(SETTINGS, SETTINGS.index("The default is `amber`")).term == "`lamp_colour` (`text`)"


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Does R run on an A-7?", ["A-7", "R"]),
        ("Is C++ older than C#?", ["C++", "C#"]),
        ("Is a class C licence enough?", ["C"]),
        ("In which year was the 2nd floor built, 1990 or the 2000s?", []),
        ("What did I buy in the 18th-century house?", []),
        ("Who wrote it?", []),
    ],
)
def test_names_are_told_from_words(question: str, named: list[str]) -> None:
    assert names(question) == named


@given(st.sampled_from(["work_mem", "A-7", "C++", "G3", "R", "x.y2"]), st.text("ab7_+-. ", max_size=6))
def test_a_name_is_found_only_whole(name: str, around: str) -> None:
    assert has_name(f"the {name}, then", name)
    assert not has_name(f"the {name}7{around}", name) or has_name(around, name)
    assert not has_name(f"the b{name} then", name)


def test_a_file_that_is_named_is_the_one_that_answers(scorer: SentenceScorer) -> None:
    evidence = [to_passage(passage("The default is nine minutes (`9min`).", SETTINGS, doc_id="lamp_manual"))]
    asked = "What is the default delay according to lamp_manual.md?"
    assert make_extractor(scorer, 1).invoke(AnswerRequest(asked, evidence))
