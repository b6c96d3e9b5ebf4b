"""Takes a picture of every page over the sample documents: light and dark, wide and narrow.

    python packaging/screens.py BIN [FOLDER]

BIN is the folder with `pincite`; FOLDER, `docs/screens` when left out, is emptied first. The system's
Chromium is driven by Playwright. No model is asked, so pictures change only where a page does, and by dates.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
SIZES = {"wide": (1200, 800), "narrow": (320, 700)}
QUALITY = 70
ANSWERED = "May a customer return a gateway that has been powered on?"
PDF_ANSWERED = "How long does the Heron G3 keep readings when the connection to Roost fails?"
ABSTAINED = "What is the maximum size of a webhook body in kilobytes?"
MOST_S = 60


@contextmanager
def served(program: Path, home: Path) -> Iterator[str]:
    """Where a server over the sample documents listens."""
    environment = {**os.environ, "PINCITE_HOME": str(home), "PINCITE_AUTH__ANONYMOUS_ROLES": "operator"}
    documents = [str(program), "add", "samples/documents", "--source", "samples"]
    subprocess.run(documents, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen([str(program), "serve", "--port", str(port)], cwd=ROOT, env=environment)
    try:
        end = time.monotonic() + MOST_S
        while True:
            try:
                urllib.request.urlopen(f"{url}/healthz")  # noqa: S310 - our own, on loopback
                break
            except urllib.error.URLError:
                if time.monotonic() > end or server.poll() is not None:
                    raise
                time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(MOST_S)


def ask(page: Page, question: str) -> None:
    page.goto("/")
    page.fill("#question", question)
    page.keyboard.press("Enter")
    page.locator(".answer:not(.running)").wait_for()


def ask_answered(page: Page) -> None:
    ask(page, ANSWERED)


def ask_abstained(page: Page) -> None:
    ask(page, ABSTAINED)


def open_source(page: Page) -> None:
    ask(page, ANSWERED)
    page.keyboard.press("Alt+n")
    page.locator("#source mark").first.wait_for()


def open_answer(page: Page) -> None:
    page.goto("/answers")
    page.get_by_role("link", name=ANSWERED).first.click()
    page.wait_for_load_state()


def open_document(page: Page) -> None:
    listed = page.request.get("/v1/documents?limit=200").json()["documents"]
    manual = next(one for one in listed if one["media_type"] == "application/pdf")
    page.goto(f"/documents/{manual['doc_id']}")


def open_pdf(page: Page) -> None:
    ask(page, PDF_ANSWERED)
    page.goto(str(page.locator("a.cite").first.get_attribute("href")))
    page.locator(".page-image img").first.wait_for()


def goes_to(path: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto(path)

    return go


PAGES: dict[str, Callable[[Page], None]] = {
    "ask": goes_to("/"),
    "ask-answered": ask_answered,
    "ask-source": open_source,
    "ask-abstained": ask_abstained,
    "answers": goes_to("/answers"),
    "answer": open_answer,
    "documents": goes_to("/documents"),
    "documents-add": goes_to("/documents/add"),
    "document": open_document,
    "source-pdf": open_pdf,
    "jobs": goes_to("/jobs"),
    "sources": goes_to("/sources"),
    "operate": goes_to("/operate"),
    "operate-keys": goes_to("/operate/keys"),
    "operate-questions": goes_to("/operate/questions"),
    "operate-audit": goes_to("/operate/audit"),
    "log-in": goes_to("/log-in"),
}


def take(browser: Browser, url: str, folder: Path) -> None:
    for scheme in ("light", "dark"):
        for size, (width, height) in SIZES.items():
            context = browser.new_context(
                base_url=url,
                color_scheme="dark" if scheme == "dark" else "light",
                viewport={"width": width, "height": height},
                reduced_motion="reduce",
            )
            page = context.new_page()
            for name, show in PAGES.items():
                show(page)
                page.screenshot(path=folder / f"{name}-{scheme}-{size}.jpg", type="jpeg", quality=QUALITY)
            context.close()


def main() -> int:
    program = Path(sys.argv[1]).resolve() / "pincite"
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else ROOT / "docs" / "screens").resolve()
    browsers = ("chromium", "chromium-browser", "google-chrome")
    chromium = next(filter(None, map(shutil.which, browsers)), None)
    if chromium is None:
        sys.exit("screens: no Chromium is installed; packaging/system_packages.sh installs it")
    with tempfile.TemporaryDirectory() as made:
        taken = Path(made) / "screens"
        taken.mkdir()
        with served(program, Path(made) / "home") as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            take(browser, url, taken)
            browser.close()
        # Only when all were taken: never half of the old ones and half of the new.
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(taken, folder)
    print(f"{len(list(folder.iterdir()))} pictures in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
