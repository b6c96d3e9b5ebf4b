"""Settings from the environment and from a file."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import SettingsError
from app.gate.calibration import gate_rule
from app.ingestion.load.limits import LoadLimits
from app.models.limits import limits_of
from app.process.variables import OF_THE_CLIENT
from app.retrieval.ranking.reranker import OTHERS_LOOK_AT
from app.retrieval.ranking.window_rerank import LOOKED_AT
from app.settings import Settings, load_settings, variables
from graphs.calling.breaker import Breakers
from graphs.limits import Limits

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_variable_is_described_and_can_be_set_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = list(variables())
    assert len({name for name, _, _ in listed}) == len(listed)
    assert all(name.startswith("PINCITE_") and description for name, description, _ in listed)
    assert {"PINCITE_HOME", "PINCITE_API__PORT", "PINCITE_SAFETY__ALLOWED_LINK_HOSTS"} <= {
        name for name, _, _ in listed
    }
    monkeypatch.setenv("PINCITE_API__PORT", "81")
    monkeypatch.setenv("PINCITE_SAFETY__ALLOWED_LINK_HOSTS", " example.com, ,docs.example.org ")
    monkeypatch.setenv("PINCITE_MODEL", "")
    settings = load_settings(None)
    assert settings.api.port == 81
    assert settings.safety.allowed_link_hosts == ["example.com", "docs.example.org"]
    assert settings.model is None, "an empty variable is one that is not set"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PINCITE_MODLE", "x", "PINCITE_MODLE is not a setting; did you mean PINCITE_MODEL?"),
        ("PINCITE_API_PORT", "1", "PINCITE_API_PORT is not a setting; did you mean PINCITE_API__PORT?"),
        ("PINCITE_ZZZZZZZZ", "1", r"see \.env\.example"),
        ("PINCITE_API__PORT", "70000", "PINCITE_API__PORT: Input should be less than or equal to 65535"),
        ("PINCITE_ANSWER__GATE_MODEL", "high", "PINCITE_ANSWER__GATE_MODEL: Input should be a valid number"),
        ("PINCITE_TENANT", "A B", "PINCITE_TENANT: String should match pattern"),
    ],
)
def test_what_cannot_work_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said) as caught:
        load_settings(None)
    assert "\n" not in str(caught.value)


def test_a_file_fills_in_what_the_environment_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("PINCITE_TENANT=from-file\nPINCITE_API__PORT=82\n")
    monkeypatch.setenv("PINCITE_API__PORT", "83")
    settings = load_settings(file)
    assert "PINCITE_TENANT" not in os.environ, "the process's environment is not ours to change"
    assert (settings.tenant, settings.api.port) == ("from-file", 83)
    assert load_settings(tmp_path / "nowhere").tenant == "default"


def test_the_home_is_absolute_and_knows_the_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert Settings(home=Path("~/docs")).home == tmp_path / "me" / "docs"
    assert Settings(home=Path("here")).home == tmp_path / "here"


def test_the_fingerprint_follows_what_changes_answers_and_holds_no_secret(tmp_path: Path) -> None:
    plain = Settings(home=tmp_path)
    keyed = Settings.model_validate({"home": tmp_path / "x", "embedding": {"api_key": "sk-secret"}})
    other = Settings.model_validate({"home": tmp_path, "retrieval": {"top_k": 7}})
    assert plain.fingerprint() == keyed.fingerprint() != other.fingerprint()
    assert "sk-secret" not in repr(keyed) + keyed.model_dump_json()


def test_the_graph_and_the_settings_have_the_same_defaults() -> None:
    """What scores mean is the gate's to say: without one that we know, any is enough."""
    settings = Settings()
    answer = settings.answer
    usual = replace(Limits(), gate_extractive=answer.gate_extractive, gate_model=answer.gate_model)
    assert limits_of(settings, gate_rule(answer)) == usual
    breakers = Breakers()
    assert breakers._most == answer.breaker_failures
    assert breakers._pause_s == answer.breaker_pause_s
    assert LoadLimits().max_file_bytes == settings.ingest.max_file_mb * 1024 * 1024


def test_no_constructor_of_the_application_repeats_a_default() -> None:
    known = {(name.rpartition("__")[2].lower(), default) for name, _, default in variables() if default}
    again = []
    for path in sorted((DOCS.parent / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            for name, default in _with_defaults(node):
                if isinstance(default, ast.Constant) and (name, default.value) in known:
                    again.append(f"{path.name}:{default.lineno}: {name}")
    assert not again, "leave it out, or take it from where it is written"


def _with_defaults(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        plain = [*node.args.posonlyargs, *node.args.args]
        defaults = node.args.defaults
        yield from ((one.arg, value) for one, value in zip(plain[-len(defaults) :], defaults, strict=False))
        named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        yield from ((one.arg, value) for one, value in named)
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, node.value


def test_what_is_said_of_a_reranker_is_so() -> None:
    said = {name: text for name, text, _ in variables()}["PINCITE_RERANK__CANDIDATES"]
    assert f"{LOOKED_AT} for windows, {OTHERS_LOOK_AT} for others" in said


def test_documentation_names_settings_that_exist_and_their_defaults() -> None:
    """In prose as `NAME` (default) or `NAME`, default; in a table as | `NAME` | default |."""
    defaults = {name: default for name, _, default in variables()} | dict.fromkeys(OF_THE_CLIENT)
    stated = 0
    for page in [*DOCS.rglob("*.md"), DOCS.parent / "README.md"]:
        text = page.read_text(encoding="utf-8")
        unknown = {name for name in re.findall(r"PINCITE_[A-Z_]*[A-Z]", text) if name not in defaults}
        assert not {name for name in unknown if not any(known.startswith(name) for known in defaults)}, page
        for name, number in re.findall(
            r"`(PINCITE_[A-Z_]+)`(?: ?\| ?|, |[a-z\s]* \()(\.?\d[\d.]*)(?=[ )|])", text
        ):
            assert float(number) == defaults[name], f"{page.name}: {name}"
            stated += 1
    assert stated >= 9, "the patterns find what is stated"
