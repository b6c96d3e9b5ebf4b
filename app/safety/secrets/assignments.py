"""Values that are assigned to what is called a password, a key or a token."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.safety.secrets.likeness import is_password, is_random
from app.safety.spans import Found

# What forms and manuals call a password:
# en de fr es pt it nl sv da no pl cs fi hu ro tr ru uk el ja zh ko ar he hi.
_NAMED = (
    r"pass(?:word|wd|code|phrase)?|pwd|passwort|kennwort|mot[ _-]de[ _-]passe|contraseña|clave|senha|"
    r"palavra-passe|"
    r"wachtwoord|lösenord|adgangskode|passord|hasło|heslo|salasana|jelszó|parol[aă]|şifre|пароль|κωδικός|"
    r"パスワード|密码|密碼|비밀번호|암호|كلمة[ _](?:المرور|السر)|סיסמה|पासवर्ड|pin(?:[ _-]?code)?"
)
_KEY = (
    r"secret|token|credential|auth|(?:api|access|account|client|consumer|private|signing|encryption|"
    r"master|shared|"
    r"secret|service|license|app|subscription|session)[ _.-]?(?:key|token|secret)|apikey|schlüssel|clé|"
    r"llave|chave|"
    r"chiave|sleutel|nyckel|klucz|klíč|avain|ключ|токен|секрет|令牌|密钥|密鑰|トークン|キー|토큰|키"
)
_BEFORE = r"(?:[A-Za-z0-9]{1,24}[_.-]){0,4}"
_AFTER = r"(?:[_.-]?(?:key|token|secret|id|value|string|hash|base64|b64|v?\d{1,2})){0,2}"
_SAYS = (
    r"[\"'`*\])]{0,3}\s{0,8}(?::=|=>|={1,2}|：|＝|:|(?P<verb>\bis\b|\bist\b|\best\b|\bes\b|\bè\b|\bjest\b|は))"
    r"\s{0,8}"
)
_VALUE = r"(?:[rbf]?[\"'`])?(?P<secret>[^\s\"'`<>,;|()（）。、]{7,200})"
_NAME = rf"(?<![^\W\d_])(?:{_BEFORE})(?:(?P<password>{_NAMED})|(?:{_KEY})){_AFTER}"

_ASSIGNED = re.compile(_NAME + _SAYS + _VALUE, re.I)
_TABLE = re.compile(_NAME + r"\s{0,4}\|\s{0,4}`?(?P<secret>[^\s|`]{7,200})", re.I)
# "The password of the router in Oslo is …".
_SAID = re.compile(
    rf"(?<![^\W\d_])(?:(?P<password>{_NAMED})|(?:{_KEY}))(?:\s[\w'’-]{{1,24}}){{1,7}}?\s{{1,2}}"
    r"(?P<verb>is|was|ist|lautet|heißt|est|es|è|é|jest|är|er|on)\s{1,2}[\"'`“„«]?" + _VALUE,
    re.I,
)
_NAMES_IT = re.compile(rf"{_NAMED}|{_KEY}", re.I)

LEAST_KEY = 16


def find_assigned(text: str) -> Iterator[Found]:
    """Values that look like what their names say."""
    if not _NAMES_IT.search(text):
        return
    for pattern in (_ASSIGNED, _TABLE, _SAID):
        for match in pattern.finditer(text):
            value = match["secret"].rstrip(".:!?*]}\\")
            start = match.start("secret")
            if match["password"] and is_password(value, said=bool(match.groupdict().get("verb"))):
                yield Found(start, start + len(value), "password")
            elif is_random(value, LEAST_KEY):
                yield Found(start, start + len(value), "assigned-key")
