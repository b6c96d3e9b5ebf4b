"""Secrets that are nobody's: made by chance in the forms their makers document, in places where they stand.

Seeded: the same every time. Beside them what only looks like a secret. Made apart from the rules that find
them: nothing of ``app.safety`` is imported here.
"""

from __future__ import annotations

import base64
import json
import random
import string
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
B64URL = ALNUM + "-_"
B64 = ALNUM + "+/"
UPPER = string.ascii_uppercase + string.digits
B32 = string.ascii_uppercase + "234567"

Make = Callable[[random.Random], str]


@dataclass(frozen=True, slots=True)
class SecretSample:
    """``text[start:end]`` is the secret; of a sample that holds none both are 0."""

    kind: str
    context: str
    text: str
    start: int = 0
    end: int = 0


def _of(letters: str, count: int, before: str = "", after: str = "") -> Make:
    return lambda dice: before + "".join(dice.choices(letters, k=count)) + after


def _join(*makes: Make) -> Make:
    return lambda dice: "".join(make(dice) for make in makes)


def _jwt(dice: random.Random) -> str:
    def part(data: Mapping[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")

    head = part({"alg": dice.choice(["HS256", "RS256", "ES256"]), "typ": "JWT"})
    body = part({"sub": str(dice.randrange(10**9)), "iat": dice.randrange(10**9), "role": "user"})
    return f"{head}.{body}.{_of(B64URL, 43)(dice)}"


def _pem(dice: random.Random) -> str:
    kind = dice.choice(["RSA ", "EC ", "OPENSSH ", "", "ENCRYPTED "])
    lines = [_of(B64, 64)(dice) for _ in range(dice.choice([3, 12, 25]))]
    body = "\n".join([*lines, _of(B64, 30)(dice) + "=="])
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"


def _password(dice: random.Random) -> str:
    letters = dice.choices(string.ascii_lowercase, k=dice.randint(4, 9))
    letters += dice.choices(string.ascii_uppercase, k=dice.randint(1, 3))
    letters += dice.choices(string.digits, k=dice.randint(1, 3)) + dice.choices(
        "!#$%+-_.", k=dice.randint(0, 2)
    )
    dice.shuffle(letters)
    return "".join(letters)


def _word_password(dice: random.Random) -> str:
    """As people make them: a word and figures."""
    word = dice.choice(
        ["heron", "Sommer", "orchid", "Bahnhof", "dragon", "velvet", "Panda", "copper", "Falke"]
    )
    return f"{word}{dice.choice(['', '!', '_', '-'])}{dice.randrange(10, 3000)}"


TOKENS: Mapping[str, Make] = {
    "AWS access key": _of(B32, 16, "AKIA"),
    "AWS temporary key": _of(B32, 16, "ASIA"),
    "GitHub classic token": _of(ALNUM, 36, "ghp_"),
    "GitHub app token": _of(ALNUM, 36, "ghs_"),
    "GitHub fine-grained token": _join(_of(ALNUM, 22, "github_pat_"), _of(ALNUM, 59, "_")),
    "GitLab token": _of(B64URL, 20, "glpat-"),
    "Slack bot token": _join(
        _of(string.digits, 12, "xoxb-"), _of(string.digits, 12, "-"), _of(ALNUM, 24, "-")
    ),
    "Slack webhook": _join(
        _of(UPPER, 10, "https://hooks.slack.com/services/T"), _of(UPPER, 10, "/B"), _of(ALNUM, 24, "/")
    ),
    "Stripe live key": _of(ALNUM, 24, "sk_live_"),
    "Stripe restricted key": _of(ALNUM, 99, "rk_live_"),
    "OpenAI key": _join(_of(ALNUM, 20, "sk-"), _of(ALNUM, 20, "T3BlbkFJ")),
    "OpenAI project key": _join(_of(B64URL, 74, "sk-proj-"), _of(B64URL, 74, "T3BlbkFJ")),
    "Anthropic key": _of(B64URL, 93, "sk-ant-api03-", "AA"),
    "Google API key": _of(B64URL, 35, "AIza"),
    "Google OAuth secret": _of(B64URL, 28, "GOCSPX-"),
    "Azure client secret": _join(_of(ALNUM, 3), _of(ALNUM + "-_.~", 33, "8Q~"), _of(ALNUM, 1)),
    "Azure storage key": _join(
        _of(string.ascii_lowercase, 9, "DefaultEndpointsProtocol=https;AccountName="),
        _of(B64, 86, ";AccountKey=", "=="),
    ),
    "npm token": _of(ALNUM, 36, "npm_"),
    "PyPI token": _of(B64URL, 150, "pypi-AgEIcHlwaS5vcmc"),
    "Hugging Face token": _of(string.ascii_letters, 34, "hf_"),
    "SendGrid key": _join(_of(B64URL, 22, "SG."), _of(B64URL, 43, ".")),
    "Twilio key": _of(HEX, 32, "SK"),
    "Telegram bot token": _join(_of("123456789", 10), _of(B64URL, 33, ":AA")),
    "DigitalOcean token": _of(HEX, 64, "dop_v1_"),
    "Databricks token": _of(HEX, 32, "dapi"),
    "Vault token": _of(ALNUM, 90, "hvs."),
    "LangSmith key": _join(_of(HEX, 32, "lsv2_pt_"), _of(HEX, 10, "_")),
    "JWT": _jwt,
    "private key (PEM)": _pem,
    "password in a URL": lambda dice: f"postgresql://app:{_of(ALNUM, 14)(dice)}@db.internal:5432/main",
    "basic authorization": lambda dice: (
        "Authorization: Basic " + base64.b64encode(f"svc:{_password(dice)}".encode()).decode()
    ),
}
ASSIGNED: Mapping[str, tuple[tuple[str, ...], Make]] = {
    "password, by chance": (
        ("password", "DB_PASSWORD", "smtp.password", "Passwort", "contraseña", "пароль"),
        _password,
    ),
    "password, a word and figures": (("password", "db_password", "Kennwort", "mot de passe"), _word_password),
    "key, letters and figures": (("api_key", "CLIENT_SECRET", "auth_token", "secretKey"), _of(ALNUM, 40)),
    "key, hexadecimal": (("api-key", "SECRET_KEY", "access_token", "signing_key"), _of(HEX, 32)),
    "key, base 64": (("secret", "encryption_key", "shared-secret", "API_TOKEN"), _of(B64, 43, after="=")),
}
PLACES: Mapping[str, str] = {
    "prose": "To reach the service from your laptop, use {s} and tell nobody.",
    "German prose": "Für den Zugang zum Dienst nehmen Sie bitte {s}, bis ein neuer kommt.",
    "code": "```python\nclient = Client({q})\nclient.open()\n```",
    "environment": "export SERVICE={s}\nexport REGION=eu-west-1",
    "YAML": "service:\n  value: {q}\n  region: eu",
    "JSON": '{{"service": {q}, "retries": 3}}',
    "table": "| service | {s} | eu |\n|---|---|---|",
    "log": "2026-11-02T10:00:04Z INFO started with {s} on node 3",
}
ASSIGNING: Mapping[str, str] = {
    "prose": "The {n} is {s} until the end of the year.",
    "long prose": "The {n} of the printer on the third floor is {s} since May.",
    "colon": "{n}: {s}",
    "environment": "export {n}={s}",
    "code": '{n} = "{s}"',
    "JSON": '{{"{n}": "{s}", "retries": 3}}',
    "table": "| {n} | {s} |",
}


def _lock(dice: random.Random) -> str:
    return f'"integrity": "sha512-{base64.b64encode(dice.randbytes(64)).decode()}"'


def _picture(dice: random.Random) -> str:
    return f"![logo](data:image/png;base64,iVBORw0KGgo{base64.b64encode(dice.randbytes(300)).decode()})"


HARMLESS: Mapping[str, Make] = {
    "UUID": lambda dice: f"The request {uuid.UUID(int=dice.getrandbits(128))} was refused.",
    "commit": lambda dice: f"Fixed in commit {_of(HEX, 40)(dice)} of the main branch.",
    "digest": lambda dice: f"sha256:{_of(HEX, 64)(dice)}  image.tar",
    "lock file": _lock,
    "picture": _picture,
    "placeholder": lambda dice: (
        dice.choice(["api_key", "password", "token", "SECRET_KEY"])
        + dice.choice(
            [
                " = 'xxxxxxxxxxxxxxxxxxxx'",
                ": <your-token>",
                "=${SERVICE_TOKEN}",
                " = os.environ['SERVICE_TOKEN']",
                ': "{{ vault.service }}"',
                "=your_api_key_here_1234",
                ": **********",
                " = 'changeme123'",
                '="sk-..."',
            ]
        )
    ),
    "documented example": lambda dice: dice.choice(
        [
            "Use AKIAIOSFODNN7EXAMPLE as the id.",
            "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        ]
    ),
    "URL of a manual": lambda dice: dice.choice(
        [
            "postgresql://user:password@localhost/db",
            "redis://:password@cache:6379/0",
            "https://user:pass@host/x",
        ]
    ),
    "identifier": lambda dice: (
        dice.choice(["token", "secret", "password", "api_key"])
        + dice.choice(
            [
                ": Optional[str] = None",
                " = get_secret_from_vault(name)",
                "_provider = AccessTokenProviderFactory2",
                " = settings.security.token_value",
                ": SecretStr = Field(min_length=12)",
                " == request.headers.get('x-token-2')",
                " = create_access_token_for_user_v2",
            ]
        )
    ),
    "prose": lambda dice: dice.choice(
        [
            "Your password must have 12 characters, one of them a figure.",
            "The token: a string that expires after 30 minutes.",
            "A secret is shared between service-a1 and service-b2.",
            "Das Passwort ist 90-Tage-gültig und wird dann erneuert.",
            "Le mot de passe est obligatoire pour 2FA-comptes.",
            "The key is case-insensitive in HTTP/1.1-headers.",
            "Password: see 1Password-vault, entry 42.",
        ]
    ),
    "number": lambda dice: (
        f"Order {_of(string.digits, 16)(dice)}, part {_of(UPPER, 12)(dice)}, ISBN 978-3-16-148410-0."
    ),
    "long name": lambda dice: (
        "com.example."
        + ".".join(
            dice.choice(["authentication", "tokens", "secrets", "v2beta1", "Provider"]) for _ in range(5)
        )
    ),
}


def secret_samples(each: int = 8, seed: int = 20261130) -> list[SecretSample]:
    """``each`` of every kind in every place, and as many harmless texts of every kind for each place."""
    dice = random.Random(seed)
    made: list[SecretSample] = []
    for kind, make in TOKENS.items():
        for context, place in PLACES.items():
            for _ in range(each):
                secret = make(dice)
                quoted = json.dumps(secret, ensure_ascii=False) if context == "JSON" else f'"{secret}"'
                text = place.format(s=secret, q=quoted)
                shown = quoted[1:-1] if "{q}" in place else secret
                start = text.index(shown)
                made.append(SecretSample(kind, context, text, start, start + len(shown)))
    for kind, (names, make) in ASSIGNED.items():
        for context, place in ASSIGNING.items():
            for _ in range(each):
                secret = make(dice)
                text = place.format(n=dice.choice(names), s=secret)
                made.append(
                    SecretSample(kind, context, text, text.rindex(secret), text.rindex(secret) + len(secret))
                )
    for kind, make in HARMLESS.items():
        made += [SecretSample(kind, "harmless", make(dice)) for _ in range(each * len(PLACES))]
    return made
