"""Receipts signed with Ed25519, so that whoever holds the public key sees when a byte of an answer was
changed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.errors import PinciteError
from app.observability.canonical_json import canonical_json
from app.storage.kept_key import kept_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

logger = logging.getLogger(__name__)

ALGORITHM = "Ed25519"
KEY_FILE = "receipts.key"
"""In the tenant's folder: the private key's 32 bytes."""


class PublicKeyError(PinciteError, ValueError):
    """What was given is no public key of receipts; one line says why."""

    code = "public-key"
    status = 422


class ReceiptSigner:
    """The graph's part ``sign``. The key is made, and its library imported, with the first answer.

    What is signed is the answer as canonical JSON (RFC 8785) without ``receipt.signature``. The receipt
    also gets ``quotes``: the sha256 of each quote, in UTF-8.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / KEY_FILE

    def __call__(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer as plain JSON data, signed; one that cannot be signed leaves without, and it is
        logged."""
        try:
            return self._signed(answer)
        except Exception as error:  # an answer is worth more than its signature
            logger.warning("an answer could not be signed (%s: %s)", type(error).__name__, error)
            return answer

    def public_key(self) -> Ed25519PublicKey:
        """The key that others check with."""
        return self._private_key().public_key()

    def _private_key(self) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(kept_key(self._path))

    def _signed(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        # As whoever reads it will have it: tuples are lists, and what JSON lacks is text.
        plain: dict[str, Any] = json.loads(json.dumps(answer, ensure_ascii=False, default=str))
        receipt = plain.get("receipt") or {}
        receipt["quotes"] = [
            {"number": one["number"], "sha256": hashlib.sha256(one["quote"].encode()).hexdigest()}
            for one in plain.get("citations", [])
        ]
        plain["receipt"] = receipt
        key = self._private_key()
        value = base64.b64encode(key.sign(signed_bytes(plain))).decode()
        named = {"algorithm": ALGORITHM, "key": fingerprint(key.public_key()), "value": value}
        return {**plain, "receipt": {**receipt, "signature": named}}


def signed_bytes(answer: Mapping[str, Any]) -> bytes:
    """What the signature of an answer is over. Raises as ``canonical_json`` does."""
    receipt = {key: value for key, value in (answer.get("receipt") or {}).items() if key != "signature"}
    return canonical_json({**answer, "receipt": receipt})


def fingerprint(key: Ed25519PublicKey) -> str:
    """The sha256 of the key's 32 bytes, in hexadecimal digits."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def pem(key: Ed25519PublicKey) -> str:
    """The key as OpenSSL and others read it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_pem(data: bytes) -> Ed25519PublicKey:
    """The key in a PEM file. Raises ``PublicKeyError``."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise PublicKeyError("this is no public key; give what `pincite receipts key` prints") from None
    if not isinstance(key, Ed25519PublicKey):
        raise PublicKeyError("this is a key of another kind; give what `pincite receipts key` prints")
    return key


def what_is_wrong(answer: Mapping[str, Any], key: Ed25519PublicKey) -> str:
    """Why the signature of an answer does not hold; empty where it does."""
    from cryptography.exceptions import InvalidSignature

    receipt = answer.get("receipt")
    signature = receipt.get("signature") if isinstance(receipt, Mapping) else None
    if not isinstance(receipt, Mapping) or not isinstance(signature, Mapping):
        return "there is no signature: it was never signed, or has been changed by `pincite forget` since"
    if set(signature) != {"algorithm", "key", "value"} or signature["algorithm"] != ALGORITHM:
        return "its signature is of a form that is not known here"
    if signature["key"] != fingerprint(key):
        return f"it was signed with another key ({str(signature['key'])[:16]}…)"
    try:
        key.verify(base64.b64decode(str(signature["value"]), validate=True), signed_bytes(answer))
    except (InvalidSignature, binascii.Error, ValueError, TypeError, OverflowError):
        return "it is not as it was signed"
    return ""
