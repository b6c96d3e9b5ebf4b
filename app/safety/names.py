"""What our guards are called, in settings and receipts."""

from __future__ import annotations

QUESTION_FORM = "question-form"
INJECTION = "injection"
TOPICS = "topics"
QUESTION_PERSONAL_DATA = "question-personal-data"
CANARY = "canary"
LINKS = "allowed-links"
PERSONAL_DATA = "personal-data"
SECRETS = "secrets"

NAMES = (
    QUESTION_FORM,
    INJECTION,
    TOPICS,
    QUESTION_PERSONAL_DATA,
    CANARY,
    LINKS,
    PERSONAL_DATA,
    SECRETS,
)
