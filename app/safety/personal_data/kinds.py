"""The kinds of personal data that are found by their form."""

from __future__ import annotations

KINDS = (
    "email",
    "phone",
    "iban",
    "card",
    "ip",
    "us-ssn",
    "gb-nino",
    "es-dni",
    "it-codice-fiscale",
    "fr-nir",
    "de-tax-id",
    "nl-bsn",
    "pl-pesel",
    "br-cpf",
)
