"""Personal data that has a form is found by it, and by its check digits."""

from __future__ import annotations

import pytest

from app.safety.personal_data.find import find_personal_data
from app.safety.personal_data.kinds import KINDS

REGIONS = ("US", "GB", "DE", "FR")


def kinds(text: str) -> list[str]:
    return [one.kind for one in find_personal_data(text, KINDS, REGIONS)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Write to ann.lee+jobs@corp.co.uk today.", "email"),
        ("Call +49 30 901820.", "phone"),
        ("Call (415) 858-0311 now.", "phone"),
        ("Telefon: 0176 1234 5678", "phone"),
        ("Pay to DE89 3704 0044 0532 0130 00, BIC below.", "iban"),
        ("gb82west12345698765432", "iban"),
        ("Card 4111-1111-1111-1111 expires.", "card"),
        ("Amex 3782 822463 10005", "card"),
        ("from 8.8.8.8 at noon", "ip"),
        ("from 2001:4860:4860::8888 at noon", "ip"),
        ("His SSN is 536904399.", "us-ssn"),
        ("536-90-4399", "us-ssn"),
        ("NI number AB 12 34 56 C", "gb-nino"),
        ("DNI 12345678Z", "es-dni"),
        ("CF RSSMRA85T10A562S", "it-codice-fiscale"),
        ("NIR 2 55 08 14 168 025 38", "fr-nir"),
        ("Steuer-ID: 86 095 742 719", "de-tax-id"),
        ("BSN 111222333", "nl-bsn"),
        ("PESEL 44051401359", "pl-pesel"),
        ("CPF 529.982.247-25", "br-cpf"),
    ],
)
def test_each_kind_is_found_and_named(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


def test_every_kind_has_an_example_above() -> None:
    marks = test_each_kind_is_found_and_named.pytestmark  # type: ignore[attr-defined]
    assert {kind for _, kind in marks[0].args[1]} == set(KINDS)


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee of 12 Park Lane, London, was born on 1985-10-12.",
        "Version 1.2.3.4, released 2024-11-29 10:30:45.",
        "DE89 3704 0044 0532 0130 01",
        "4111 1111 1111 1112",
        "10.0.0.1, 127.0.0.1, 192.0.2.7, ::1 and 160.79.104.0/23",
        "Write to ann@example.com or root@localhost.test.",
        "git@github.com:pincite/pincite.git",
        "666-12-3456 and 000-12-3456",
        "86095742719 and 111222333 and 44051401359",
        "0.86570895 and 3.69981",
        "ISBN 978-3-16-148410-0, order 2125550123, 1,234,567.89 EUR",
        "12345678A",
    ],
)
def test_what_has_another_meaning_or_a_wrong_digit_passes(text: str) -> None:
    assert kinds(text) == []


def test_only_the_kinds_that_are_asked_for_are_found() -> None:
    text = "ann@corp.io, 4111 1111 1111 1111"
    assert [one.kind for one in find_personal_data(text, {"email"}, REGIONS)] == ["email"]
    assert find_personal_data(text, (), ()) == []


def test_a_number_without_country_code_needs_its_region() -> None:
    text = "Ring us: 020 7946 0958, or 020 7946 0959."
    assert [one.kind for one in find_personal_data("020 7946 0958", KINDS, ["GB"])] == ["phone"]
    assert find_personal_data("020 7946 0958", KINDS, ["US"]) == []
    assert [one.kind for one in find_personal_data(text, KINDS, ["GB"])] == ["phone", "phone"]
