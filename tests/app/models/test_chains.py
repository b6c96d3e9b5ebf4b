from __future__ import annotations

from contextlib import ExitStack

import pytest

from app.errors import SettingsError
from app.models.chains import make_chains
from app.models.chat import ModelError
from app.settings import Settings, load_settings
from graphs.calling.chains import ChainModel


def chains_of(settings: Settings) -> dict[str, list[ChainModel]]:
    with ExitStack() as closing:
        return make_chains(settings, closing)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")


def test_chains_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINCITE_CHAINS", "fast = openai:a, openai:b ; careful=openai:c;")
    assert load_settings(None).chains == {"fast": ["openai:a", "openai:b"], "careful": ["openai:c"]}


@pytest.mark.parametrize("value", ["fast", "fast=", "fast=openai:a;fast=openai:b", "Fast one=openai:a", "=a"])
def test_chains_that_cannot_be_read_say_so(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINCITE_CHAINS", value)
    with pytest.raises(SettingsError, match="PINCITE_CHAINS") as caught:
        load_settings(None)
    assert "\n" not in str(caught.value)


def test_a_model_in_two_chains_is_made_once() -> None:
    chains = chains_of(Settings(model="openai:a", fallback_models=["openai:b"], chains={"x": ["openai:b"]}))
    assert [member.name for member in chains[""]] == ["a", "b"]
    assert chains["x"][0] is chains[""][1]


def test_there_may_be_no_default_chain() -> None:
    assert set(chains_of(Settings(chains={"x": ["openai:b"]}))) == {"x"}
    assert chains_of(Settings()) == {}


def test_a_model_that_cannot_be_set_up_is_found_when_chains_are_made() -> None:
    with pytest.raises(ModelError, match="nobody:a"):
        chains_of(Settings(chains={"x": ["nobody:a"]}))


def test_the_form_of_drafts_is_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINCITE_ANSWER__DRAFT_FORMAT", "json_schema")
    monkeypatch.setenv("PINCITE_MODEL", "openai:a")
    assert chains_of(load_settings(None))[""][0].draft_format == "json_schema"
