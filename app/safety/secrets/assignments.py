"""Values that are assigned to what is called a password, a key or a token.

The names are looked for as plain letters first, which is quick; patterns are tried only behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.safety.secrets.likeness import is_password, is_random
from app.safety.spans import SeenSpan

# What forms and manuals call a password:
# en de fr es pt it nl sv da no pl cs fi hu ro tr ru uk el ja zh ko ar he hi.
PASSWORDS = (
    "password|passwd|passcode|passphrase|pwd|passwort|kennwort|mot de passe|mot_de_passe|mot-de-passe|"
    "contraseña|clave|senha|palavra-passe|wachtwoord|lösenord|adgangskode|passord|hasło|heslo|salasana|jelszó|"
    "parola|parolă|şifre|пароль|κωδικός|パスワード|密码|密碼|비밀번호|암호|كلمة المرور|كلمة السر|סיסמה|"
    "पासवर्ड"
).split("|")
_KEYS = (
    "secret|token|credential|auth|apikey|schlüssel|clé|llave|chave|chiave|sleutel|nyckel|klucz|klíč|avain|ключ|"
    "токен|секрет|令牌|密钥|密鑰|トークン|キー|토큰|키"
).split("|")
# A key by itself is a word of many meanings.
_KEY = "key"
_KEY_BEFORE = re.compile(
    r"(?:api|access|account|client|consumer|private|signing|encryption|master|shared|secret|service|license|app|"
    r"subscription|session)[ _.-]?$"
)
_AFTER = r"(?:[_.-]?(?:key|token|secret|id|value|string|hash|base64|b64|v?\d{1,2})){0,2}"
_VALUE = r"(?:[rbf]?[\"'`“„«])?(?P<secret>[^\s\"'`<>,;|()（）。、”“»]{7,200})"

_ASSIGNED = re.compile(
    _AFTER + r"[\"'`*\])]{0,3}\s{0,8}"
    r"(?::=|=>|={1,2}|：|＝|:|(?P<verb>\bis\b|\bist\b|\best\b|\bes\b|\bè\b|\bjest\b|は))\s{0,8}" + _VALUE,
    re.I,
)
_IN_TABLE = re.compile(_AFTER + r"\s{0,4}\|\s{0,4}`?(?P<secret>[^\s|`]{7,200})", re.I)
# "The password of the router in Oslo is …".
_SAID = re.compile(
    r"(?:\s[\w'’-]{1,24}){1,7}?\s{1,2}(?P<verb>is|was|ist|lautet|heißt|est|es|è|é|jest|är|er|on)\s{1,2}"
    + _VALUE,
    re.I,
)
_WAYS = (_ASSIGNED, _IN_TABLE, _SAID)

LEAST_KEY = 16


def find_assigned(text: str, lowered: str) -> Iterator[SeenSpan]:
    """Values that look like what their names say; ``lowered`` is ``text`` in small letters, as long."""
    for names, check in ((PASSWORDS, True), ((*_KEYS, _KEY), False)):
        for name in names:
            at = lowered.find(name)
            while at >= 0:
                if _stands_alone(text, lowered, at, name):
                    yield from _behind(text, at + len(name), check)
                at = lowered.find(name, at + len(name))


def _stands_alone(text: str, lowered: str, at: int, name: str) -> bool:
    """Whether a word begins there: ``DB_PASSWORD`` and ``clientSecret``, and no ``compass``."""
    before = text[at - 1] if at else " "
    humped = text[at].isupper() and not before.isupper()
    if before.isalpha() and before.isascii() and not humped:
        return name == _KEY and bool(_KEY_BEFORE.search(lowered, max(at - 14, 0), at))
    return name != _KEY or bool(_KEY_BEFORE.search(lowered, max(at - 14, 0), at))


def _behind(text: str, at: int, is_of_password: bool) -> Iterator[SeenSpan]:
    for way in _WAYS:
        match = way.match(text, at)
        if match is None:
            continue
        value = match["secret"].rstrip(".:!?*]}\\")
        start = match.start("secret")
        said = bool(match.groupdict().get("verb"))
        if is_of_password and is_password(value, said):
            yield SeenSpan(start, start + len(value), "password")
        elif is_random(value, LEAST_KEY):
            yield SeenSpan(start, start + len(value), "assigned-key")
