"""A word that stands in the instructions of models and nowhere else; whoever writes it gives them away."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from functools import lru_cache

LETTERS = 16
"""80 bits, in base 32."""
RUN = 12
"""So many of its letters in a row are no chance: one in 2^60."""

_NO_LETTER = re.compile(r"[^a-z0-9]")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]")


def canary_of(key: bytes) -> str:
    """The canary of a home: always the same, so that what providers keep of a prompt can be used again."""
    digest = hmac.new(key, b"pincite canary", hashlib.sha256).digest()
    return base64.b32encode(digest[:10]).decode("ascii").lower()


def holds_canary(text: str, canary: str) -> bool:
    """Whether the canary stands in ``text``: in other case, with anything between its letters,
    backwards, cut at an end, turned by 13 letters, in base 64 or in hexadecimal.

    >>> holds_canary("It is A B C D-E F G H-I J K L-M N O P.", "abcdefghijklmnop")
    True
    """
    if not canary:
        return False
    plain = _NO_LETTER.sub("", unicodedata.normalize("NFKC", text).casefold())
    if any(run in plain for run in _spellings(canary)):
        return True
    packed = "".join(_BASE64.findall(text)).replace("-", "+").replace("_", "/")
    return any(run in packed for run in _in_base64(canary))


@lru_cache(maxsize=64)
def _spellings(canary: str) -> tuple[str, ...]:
    turned = canary.translate(str.maketrans("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm"))
    words = (canary, canary[::-1], turned)
    runs = [word[at : at + RUN] for word in words for at in range(len(word) - RUN + 1)]
    hexes = [word.encode().hex()[: 2 * RUN] for word in (canary, canary.upper(), canary[::-1])]
    return (*runs, *hexes)


@lru_cache(maxsize=64)
def _in_base64(canary: str) -> tuple[str, ...]:
    """What of the encoded word does not hang on the letters around it, at each of the three places."""
    found = []
    for word in (canary, canary.upper(), canary[::-1]):
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + word.encode()).decode("ascii").rstrip("=")
            found.append(encoded[shift + (shift > 0) : len(encoded) - 1][:RUN])
    return tuple(found)
