"""Numbers that states give to people. One check digit is right by chance one time in ten, so numbers without
letters count only where words before them say what they are, in the language of the state or in English."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.safety.personal_data import check_digits
from app.safety.spans import SeenSpan

BEFORE = 48
"""Characters before a number in which its name stands."""


@dataclass(frozen=True, slots=True)
class NationalId:
    """How a number is written, what tells a right one, and what it is called; without names it needs none."""

    kind: str
    form: re.Pattern[str]
    holds: Callable[[str], bool]
    names: re.Pattern[str] | None = None


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,/-])(?:{pattern})(?![\w/]|[.,-]\w)", re.ASCII)


def _names(*names: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)", re.I)


IDS = (
    NationalId(
        "us-ssn",
        _form(r"\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4}|\d{9}"),
        check_digits.us_ssn,
        _names("ssn", r"social[ -]security(?: (?:number|no|nr|#))?", "soc sec"),
    ),
    NationalId("us-ssn", _form(r"\d{3}-\d{2}-\d{4}"), check_digits.us_ssn),
    NationalId("gb-nino", _form(r"[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]"), check_digits.gb_nino),
    NationalId("es-dni", _form(r"(?:\d{8}|[XYZ]-?\d{7})-?[A-Z]"), check_digits.es_dni),
    NationalId(
        "it-codice-fiscale",
        _form(r"[A-Z]{6}[\dLMNP-V]{2}[A-EHLMPRST][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]"),
        check_digits.it_codice_fiscale,
    ),
    NationalId(
        "fr-nir",
        _form(r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}"),
        check_digits.fr_nir,
    ),
    NationalId(
        "de-tax-id",
        _form(r"[1-9]\d ?\d{3} ?\d{3} ?\d{3}"),
        check_digits.de_tax_id,
        _names(
            r"steuer(?:liche )?-?(?:id|identifikationsnummer|nummer)", r"idnr\.?", "tin", r"tax (?:id|number)"
        ),
    ),
    NationalId(
        "nl-bsn",
        _form(r"\d{9}|\d{4}\.\d{2}\.\d{3}"),
        check_digits.nl_bsn,
        _names("bsn", "burgerservicenummer", "sofinummer", "citizen service number"),
    ),
    NationalId("pl-pesel", _form(r"\d{11}"), check_digits.pl_pesel, _names("pesel")),
    NationalId("br-cpf", _form(r"\d{3}\.\d{3}\.\d{3}-\d{2}"), check_digits.br_cpf),
    NationalId("br-cpf", _form(r"\d{11}"), check_digits.br_cpf, _names("cpf")),
)


def find_national_ids(text: str, kinds: Iterable[str]) -> Iterator[SeenSpan]:
    """Those of ``kinds`` that are written as they are and whose digits hold."""
    wanted = frozenset(kinds)
    for one in IDS:
        if one.kind not in wanted:
            continue
        for match in one.form.finditer(text):
            if one.names and not one.names.search(text, max(0, match.start() - BEFORE), match.start()):
                continue
            if one.holds(re.sub(r"[ .-]", "", match.group())):
                yield SeenSpan(match.start(), match.end(), one.kind)
