"""Find personal data by its form, with the check digits that the standards give it.

Names of people, companies and places, streets, dates of birth: no form tells them, and no model is carried.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterator

from app.safety.personal_data import check_digits
from app.safety.personal_data.national_ids import find_national_ids
from app.safety.personal_data.phones import find_phones
from app.safety.spans import SeenSpan, apart

# Lengths by the IBAN registry of SWIFT.
_IBAN_LENGTHS = {
    entry[:2]: int(entry[2:])
    for entry in (
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 "
        "EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 "
        "IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 "
        "NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 "
        "SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
    ).split()
}
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}|[a-z]{2}\d{2}[a-z0-9]{11,30})(?![a-z0-9]{3})"
)
_CARD = re.compile(
    r"(?<![\w.,/+-])(?:\d{12,19}|\d{4}[ -]\d{4}[ -]\d{4}(?:[ -]\d{4}(?:[ -]\d{1,3})?)?"
    r"|\d{4}[ -]\d{6}[ -]\d{4,5})(?![\w/-]|[.,]\d)",
    re.ASCII,
)
# (first digits from, to; lengths), by ISO/IEC 7812 and the networks' own tables of issuer numbers.
_ISSUERS = (
    ("4", "4", (13, 16, 19)),
    ("51", "55", (16,)),
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),
    ("1800", "1800", (15,)),  # JCB of old, as the next
    ("2131", "2131", (15,)),
    ("37", "37", (15,)),
    ("6011", "6011", (16, 19)),
    ("644", "659", (16, 19)),
    ("3528", "3589", (16, 19)),
    ("300", "305", (14, 16, 19)),
    ("3095", "3095", (14, 16, 19)),
    ("36", "36", (14, 16, 19)),
    ("38", "39", (14, 16, 19)),
    ("62", "62", (16, 17, 18, 19)),
    ("5018", "5018", (12, 13, 14, 15, 16, 17, 18, 19)),
    ("5020", "5020", (12, 13, 14, 15, 16, 17, 18, 19)),
    ("5038", "5038", (12, 13, 14, 15, 16, 17, 18, 19)),
    ("56", "58", (12, 13, 14, 15, 16, 17, 18, 19)),
    ("6304", "6304", (12, 13, 14, 15, 16, 17, 18, 19)),
    ("6759", "6763", (12, 13, 14, 15, 16, 17, 18, 19)),
)
_EMAIL = re.compile(
    r"(?<![\w.+%'-])[\w.+%'-]{1,64}@((?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24})(?![\w-])(?!:[\w~/])"
)
# RFC 2606 and 6761: nobody's.
_NOBODYS = re.compile(r"(?:^|\.)(?:example\.(?:com|net|org)|example|test|invalid|localhost)$", re.I)
_IPV4 = re.compile(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d|/\d)", re.ASCII)
_IPV6 = re.compile(r"(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:(?:\.\d{1,3}){3})?(?![\w:]|/\d)", re.I)
_VERSION = re.compile(r"(?:\bv|\bver|\bversion|\brelease|[=<>~^]=?)[. ]{0,2}$", re.I)


def find_personal_data(text: str, kinds: Collection[str], regions: Collection[str]) -> list[SeenSpan]:
    """What of ``kinds`` stands in ``text``, in order, none over another.

    ``regions`` are those whose telephone numbers are known without a country code.
    """
    found: list[SeenSpan] = []
    if "iban" in kinds:
        found += _ibans(text)
    if "card" in kinds:
        found += _cards(text)
    if "email" in kinds and "@" in text:
        found += _emails(text)
    if "ip" in kinds:
        found += _addresses(text)
    found += find_national_ids(text, kinds)
    if "phone" in kinds:
        # Last, and never over another: digits that are a card's are nobody's telephone.
        taken = apart(found)
        found += [
            phone
            for phone in find_phones(text, regions)
            if not any(one.start < phone.end and phone.start < one.end for one in taken)
        ]
    return apart(found)


def _ibans(text: str) -> Iterator[SeenSpan]:
    for match in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(match.group()[:2].upper(), 0)
        significant = [at for at in range(match.start(), match.end()) if text[at].isalnum()][:length]
        if not length or len(significant) < length:
            continue
        end = significant[-1] + 1
        whole = end == len(text) or not text[end].isalnum()
        if whole and check_digits.iban("".join(text[at] for at in significant).upper()):
            yield SeenSpan(match.start(), end, "iban")


def _cards(text: str) -> Iterator[SeenSpan]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"[ -]", "", match.group())
        known = any(
            low <= digits[: len(low)] <= high and len(digits) in lengths for low, high, lengths in _ISSUERS
        )
        if known and len(set(digits)) > 1 and check_digits.luhn(digits):
            yield SeenSpan(match.start(), match.end(), "card")


def _emails(text: str) -> Iterator[SeenSpan]:
    for match in _EMAIL.finditer(text):
        if not _NOBODYS.search(match.group(1)):
            yield SeenSpan(match.start(), match.end(), "email")


def _addresses(text: str) -> Iterator[SeenSpan]:
    """Addresses of the public internet. Private, local and documentation ones, and networks, are nobody's."""
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            try:
                address = ipaddress.ip_address(match.group())
            except ValueError:
                continue
            if address.is_global and not _VERSION.search(text, max(0, match.start() - 12), match.start()):
                yield SeenSpan(match.start(), match.end(), "ip")
