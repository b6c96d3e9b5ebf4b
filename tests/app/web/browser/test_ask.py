"""Asking in a real browser: sentences arrive, a model is stopped; by keyboard, narrow, without a script."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.compose import open_pincite
from app.settings import Settings
from app.testing.openai_server import Reply, ScriptedModel, serve_model
from tests.support.chromium import Watched, axe_faults, watched, wider_than_the_window
from tests.support.loopback import listening
from tests.support.pages import pages_of

VOLTS = "How many volts does the Heron gateway need?"
SAID = "The Heron gateway needs a supply of 12 volts [1]. "


@contextmanager
def with_model(browser: Browser, home: Path, reply: Reply) -> Iterator[tuple[Watched, ScriptedModel]]:
    with serve_model([reply]) as model:
        settings = Settings(home=home, model="openai:scripted", model_base_url=model.url)
        with (
            open_pincite(settings) as pincite,
            listening(pages_of(pincite)) as url,
            watched(browser, url) as site,
        ):
            yield site, model


def test_sentences_arrive_while_the_model_writes(browser: Browser, own_home: Path) -> None:
    more = "It draws 400 milliamperes at most [1]. " * 8
    with with_model(browser, own_home, Reply(content=SAID + more, tokens_per_s=20)) as (site, _):
        page = site.open("/")
        page.fill("#question", VOLTS)
        page.keyboard.press("Enter")
        first = page.locator(".running .sentence").first
        expect(first).to_contain_text("12 volts")
        assert page.locator(".answer.answered").count() == 0, "it is still being written"
        expect(page.locator(".answer.answered .sentence").first).to_contain_text("12 volts")
        assert "/conversations/" in page.url
        assert page.locator(".running").count() == 0


def test_stop_ends_the_models_call(browser: Browser, own_home: Path) -> None:
    endless = Reply(content=SAID + "It is a gateway and needs more [1]. " * 200, tokens_per_s=30)
    with with_model(browser, own_home, endless) as (site, model):
        page = site.open("/")
        page.fill("#question", VOLTS)
        page.keyboard.press("Enter")
        page.locator(".running .sentence").first.wait_for()
        page.get_by_role("button", name="Stop").click()
        page.locator(".answer.stopped").wait_for()
        end = time.monotonic() + 10
        while not model.hung_up and time.monotonic() < end:
            time.sleep(0.05)
        assert model.hung_up == 1


def test_a_conversation_is_read_again_and_gone_on_with(site: Watched) -> None:
    page = site.open("/")
    page.fill("#question", VOLTS)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.locator(".answer.answered").wait_for()
    page.fill("#question", "And how many milliamperes does it draw?")
    page.keyboard.press("Enter")
    expect(page.locator(".answer.answered")).to_have_count(2)
    page.reload()
    expect(page.locator(".answer.answered")).to_have_count(2)
    expect(page.locator(".asked").first).to_have_text(VOLTS)


def test_an_abstention_shows_what_came_nearest(site: Watched) -> None:
    page = site.open("/")
    page.fill("#question", "What is the capital of Peru?")
    page.keyboard.press("Enter")
    page.locator(".answer.abstained").wait_for()
    assert page.locator(".nearest li").count() > 0


def test_a_sample_is_asked_by_a_click(site: Watched) -> None:
    page = site.open("/")
    sample = page.locator("button.sample").first
    asked = sample.inner_text()
    sample.click()
    expect(page.locator(".asked")).to_have_text(asked)
    page.locator(".answer:not(.running)").wait_for()
    assert page.locator("button.sample").count() == 0


def test_a_condition_is_chosen_by_a_click_and_a_wrong_one_is_said(site: Watched) -> None:
    page = site.open("/")
    page.get_by_text("Only some documents").click()
    page.fill("#filters", "version>=")
    page.fill("#question", VOLTS)
    page.keyboard.press("Enter")
    expect(page.locator("#problem .problem")).to_be_visible()
    assert page.input_value("#question") == VOLTS, "nothing that was typed is lost"
    page.fill("#filters", "")
    chip = page.locator("[data-filter]").first
    chip.click()
    assert page.input_value("#filters") == chip.get_attribute("data-filter")


def test_without_a_script_everything_but_streaming_works(browser: Browser, server: str) -> None:
    with watched(browser, server, java_script_enabled=False) as site:
        page = site.open("/")
        page.fill("#question", VOLTS)
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator(".answer.answered mark").first).to_contain_text("12 volts")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 320)])
def test_asking_is_for_everybody(browser: Browser, server: str, scheme: str, width: int) -> None:
    """axe-core finds nothing, and nothing stands out of the window, before, with and without an answer."""
    size = {"width": width, "height": 800}
    with watched(browser, server, color_scheme=scheme, viewport=size, reduced_motion="reduce") as site:
        page = site.open("/")
        for question in ("", VOLTS, "What is the capital of Peru?"):
            if question:
                page.fill("#question", question)
                page.keyboard.press("Enter")
                page.locator(".turn:last-child .answer:not(.running)").wait_for()
            assert axe_faults(page) == []
            assert wider_than_the_window(page) == []
