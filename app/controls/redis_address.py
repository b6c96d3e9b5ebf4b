"""Addresses of Redis as settings give them: which are taken, and what of them may be shown."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

NUMBERED = re.compile(r"/?|/[0-9]{1,4}/?")
"""The path: empty, or the number of a database."""

OPTIONS = ("username", "password")
TLS_OPTIONS = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "ssl_check_hostname")
"""With rediss:// only. How long the server is waited for is no option of the address."""

VALUES = {
    "ssl_cert_reqs": ("none", "optional", "required"),
    "ssl_check_hostname": ("true", "false"),
}
"""Of options that have few."""


def address_fault(url: str) -> str:
    """What is wrong with an address, in one line that shows nothing of it; empty where nothing is.

    >>> address_fault("redis://:secret@cache.test:6379/0?ssl_keyfile=/k")
    'its options may be username, password; with rediss:// ssl_ca_certs, ssl_certfile, ssl_keyfile, \
ssl_cert_reqs, ssl_check_hostname too'
    >>> address_fault("redis://cache.test/sessions")
    "is no address of Redis with a database's number; write redis://HOST:PORT/NUMBER"
    """
    if without_secrets(url) is None:
        return "is no address of Redis; write redis://HOST:PORT/NUMBER, or rediss:// with TLS"
    parts = urlsplit(url)
    if not NUMBERED.fullmatch(parts.path) or parts.fragment:
        return "is no address of Redis with a database's number; write redis://HOST:PORT/NUMBER"
    # Names are not shown either: a password with a ? in it is read as one.
    given = parse_qsl(parts.query, keep_blank_values=True)
    known = OPTIONS if parts.scheme == "redis" else OPTIONS + TLS_OPTIONS
    if any(name not in known for name, _ in given):
        return f"its options may be {', '.join(OPTIONS)}; with rediss:// {', '.join(TLS_OPTIONS)} too"
    for name, value in given:
        if not value or value not in VALUES.get(name, (value,)):
            return f"its option {name} may be {' or '.join(VALUES.get(name, ('anything but empty',)))}"
    if len({name for name, _ in given}) < len(given):
        return "names an option twice"
    return ""


def without_secrets(url: str) -> str | None:
    """The address without user, password and options; None where it is none of Redis.

    >>> without_secrets("redis://ann:secret@cache.test:6380/2?password=secret")
    'redis://cache.test:6380/2'
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port or 6379}{parts.path.rstrip('/')}"
