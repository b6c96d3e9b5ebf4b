"""What other detectors find: ``main``, run by a Python that has them and nothing of ours (``found_words``).

Each line in is a JSON text, each line out ``[[start, end, kind], ...]``. Detectors: ``presidio`` (its pattern
recognisers, over a blank spaCy model), ``detect-secrets``, ``guardrails-secrets``, ``guardrails-pii``.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

Found = list[tuple[int, int, str]]


def presidio() -> Callable[[str], Found]:
    spacy, analysis = import_module("spacy"), import_module("presidio_analyzer")
    base: Any = import_module("presidio_analyzer.nlp_engine").SpacyNlpEngine

    class Blank(base):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
            self.nlp = {"en": spacy.blank("en")}

        def load(self) -> None:
            pass

    engine = Blank()
    registry = analysis.RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    analyzer = analysis.AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])
    kinds = ["CREDIT_CARD", "PHONE_NUMBER", "EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS", "US_SSN"]

    def find(text: str) -> Found:
        found = analyzer.analyze(text=text, language="en", entities=kinds)
        return [(one.start, one.end, one.entity_type) for one in found]

    return find


def detect_secrets() -> Callable[[str], Found]:
    collection = import_module("detect_secrets").SecretsCollection
    default_settings = import_module("detect_secrets.settings").default_settings
    place = Path(tempfile.mkdtemp()) / "text.txt"

    def find(text: str) -> Found:
        # As a file: only so are its limits on entropy kept to.
        place.write_text(text, encoding="utf-8")
        scanned = collection()
        with default_settings():
            scanned.scan_file(str(place))
        found: Found = []
        for _, one in scanned:
            at = text.find(one.secret_value or "\0")
            if at >= 0:
                found.append((at, at + len(one.secret_value), one.type))
        return found

    return find


def guardrails_secrets() -> Callable[[str], Found]:
    return _masked_by(import_module("guardrails_ai.secrets_present").SecretsPresent(on_fail="noop"))


def guardrails_pii() -> Callable[[str], Found]:
    return _masked_by(import_module("guardrails_ai.detect_pii").DetectPII(pii_entities="pii", on_fail="noop"))


def _masked_by(validator: Any) -> Callable[[str], Found]:
    """It names no places: a failed text counts as found from its beginning to its end."""

    def find(text: str) -> Found:
        result = validator.validate(text, {})
        return [] if result.outcome == "pass" else [(0, len(text), "any")]

    return find


MAKERS = {
    "presidio": presidio,
    "detect-secrets": detect_secrets,
    "guardrails-secrets": guardrails_secrets,
    "guardrails-pii": guardrails_pii,
}


def main() -> int:
    with contextlib.redirect_stdout(io.StringIO()):
        find = MAKERS[sys.argv[1]]()
    for line in sys.stdin:
        with contextlib.redirect_stdout(io.StringIO()):
            found = find(json.loads(line))
        print(json.dumps(found), flush=True)
    return 0
