"""Check an answer of Pincite without Pincite: its signature, the hashes of its quotes, and the quotes in
their texts.

    pincite receipts key > public.pem        # once, from whoever answers
    pincite ask "…" --json > answer.json
    python check_receipt.py answer.json --key public.pem [--text stored.txt …]

Needs only `cryptography`. Exit code 0 when all holds, 1 when something does not, 2 when it cannot be checked.
A text (`pincite text DOC --version VERSION`) is taken for a version by its sha256.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key


def canonical(data: Any) -> str:
    """JSON as RFC 8785 writes it: what was signed."""
    if isinstance(data, dict):
        names = sorted(data, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(data[name])}" for name in names) + "}"
    if isinstance(data, list):
        return "[" + ",".join(map(canonical, data)) + "]"
    if isinstance(data, int | float) and not isinstance(data, bool):
        return number(float(data))
    return json.dumps(data, ensure_ascii=False)


def number(value: float) -> str:
    """A number as ECMAScript writes it."""
    if value == 0:
        return "0"
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("not a number of JSON")
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, part = mantissa.partition(".")
    part = part if part != "0" else ""
    digits = (whole + part).lstrip("0")
    point = len(digits) - len(part) + int(exponent or 0)
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    rest = f".{digits[1:]}" if digits[1:] else ""
    return f"{sign}{digits[0]}{rest}e{point - 1:+d}"


def wrong(answer: dict[str, Any], key: Ed25519PublicKey, texts: dict[str, str]) -> Iterator[str]:
    """What does not hold, a line each."""
    receipt = dict(answer.get("receipt") or {})
    signature = receipt.pop("signature", None)
    if not isinstance(signature, dict):
        yield "it is not signed"
    elif set(signature) != {"algorithm", "key", "value"} or signature["algorithm"] != "Ed25519":
        yield "its signature is of another form"
    elif signature["key"] != hashlib.sha256(key.public_bytes_raw()).hexdigest():
        yield "it was signed with another key"
    else:
        signed = canonical({**answer, "receipt": receipt}).encode()
        try:
            key.verify(base64.b64decode(signature["value"], validate=True), signed)
        except (InvalidSignature, ValueError, TypeError):
            yield "it is not as it was signed"
    hashes = {one["number"]: one["sha256"] for one in receipt.get("quotes", [])}
    for one in answer.get("citations", []):
        if hashlib.sha256(one["quote"].encode()).hexdigest() != hashes.get(one["number"]):
            yield f"the quote of [{one['number']}] has another hash than the receipt says"
        text = texts.get(one["version"])
        if text is not None and not one.get("redacted") and text[one["start"] : one["end"]] != one["quote"]:
            yield f"the quote of [{one['number']}] is not where it is said to be"


def no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; readers differ in which of two values of one name they take."""
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("an object has a name twice")
    return dict(pairs)


def main() -> int:
    asked = argparse.ArgumentParser(description="Check a signed answer of Pincite.")
    asked.add_argument("file", type=Path)
    asked.add_argument("--key", type=Path, required=True, help="what `pincite receipts key` prints")
    asked.add_argument("--text", type=Path, action="append", default=[], help="a stored text that is cited")
    given = asked.parse_args()
    try:
        key = load_pem_public_key(given.key.read_bytes())
        answer = json.loads(given.file.read_bytes(), object_pairs_hook=no_name_twice)
        texts = {
            hashlib.sha256(one.read_bytes()).hexdigest(): one.read_bytes().decode() for one in given.text
        }
        if not isinstance(key, Ed25519PublicKey) or not isinstance(answer, dict):
            raise ValueError("this is no Ed25519 key, or no answer")
        found = list(wrong(answer, key, texts))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        print(f"cannot be checked: {error}", file=sys.stderr)
        return 2
    print("\n".join(found) if found else f"signed and unchanged: {answer.get('id', '')}")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
