"""Secrets are found in the forms their makers document; what only looks like one is left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.safety.secrets.find import find_secrets
from evals.benchmarks.safety.secret_samples import ASSIGNED, HARMLESS, TOKENS, SecretSample, secret_samples
from graphs.text.masked import masked

SAMPLES = secret_samples(1, seed=7)


def hidden(text: str) -> str:
    return masked(text, ((one.start, one.end) for one in find_secrets(text)))


def of(kind: str) -> list[SecretSample]:
    return [sample for sample in SAMPLES if sample.kind == kind]


@pytest.mark.parametrize("kind", TOKENS)
def test_a_token_of_a_known_form_is_masked_wherever_it_stands(kind: str) -> None:
    found = [
        any(one.start < sample.end and sample.start < one.end for one in find_secrets(sample.text))
        for sample in of(kind)
    ]
    # What decodes to a password by chance of letters alone may be missed once.
    assert sum(found) >= len(found) - (kind == "basic authorization"), kind


def test_most_of_what_is_called_a_password_or_key_is_found() -> None:
    samples = [sample for kind in ASSIGNED for sample in of(kind)]
    found = [
        any(one.start < sample.end and sample.start < one.end for one in find_secrets(sample.text))
        for sample in samples
    ]
    assert sum(found) >= 0.9 * len(found)


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_only_looks_like_a_secret_passes(kind: str) -> None:
    assert [sample.text for sample in of(kind) if find_secrets(sample.text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The password is the word you log in with.",
        "git checkout 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "token = os.environ['TOKEN']",
        "api_key=<your-api-key>",
        "password: str = Field(min_length=8)",
        "Authorization: Bearer <token>",
        "postgresql://user:password@localhost:5432/db",
        "AKIAIOSFODNN7EXAMPLE",
        "const passwordValidator = new PasswordValidator2(options)",
    ],
)
def test_ordinary_writing_passes(text: str) -> None:
    assert find_secrets(text) == []


@given(st.sampled_from(SAMPLES), st.text(max_size=20), st.text(max_size=20))
def test_a_masked_text_is_as_long_and_holds_none_of_it(sample: SecretSample, before: str, after: str) -> None:
    text = f"{before} {sample.text} {after}"
    once = hidden(text)
    assert len(once) == len(text)
    assert hidden(once) == once
    assert [mine for mine, theirs in zip(once, text, strict=True) if mine != theirs] == ["█"] * sum(
        mine != theirs for mine, theirs in zip(once, text, strict=True)
    )


def test_ten_kilobytes_take_less_than_fifty_milliseconds() -> None:
    prose = "".join(sample.text + "\n" for sample in SAMPLES)[:10_000]
    for text in (prose, "password = " * 910, "a" * 10_000, "eyJ" * 3334, "://a:" * 2000):
        took = []
        for _ in range(5):
            begun = time.perf_counter()
            find_secrets(text)
            took.append(time.perf_counter() - begun)
        assert min(took) < 0.05, text[:20]


def test_a_key_whose_end_is_cut_off_is_found_too() -> None:
    whole = next(sample.text for sample in of("private key (PEM)") if sample.context == "prose")
    cut = whole[: whole.index("-----END")]
    assert [one.kind for one in find_secrets(cut)] == ["private-key"]


def test_a_key_of_our_own_is_found() -> None:
    key = "pck_t6mpwgygxzy5_l8BcCdqXXbt9Lc3mnAjchS64YPck23L9B9irNRCBrV0"
    assert key not in hidden(f"GET /v1/answers/{key} HTTP/1.1")
