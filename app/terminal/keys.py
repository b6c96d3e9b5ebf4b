"""``pincite keys``: keys made, listed, rotated and revoked; each change is a line of the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from app.conversations.store import COMMAND_LINE
from app.identity.audit import AuditLog
from app.identity.identify import key_store
from app.identity.keys import check_key, check_rotation
from app.settings import Settings
from app.terminal.printable import one_line
from app.terminal.record_text import print_keys, print_made


def run_keys_create(
    settings: Settings,
    name: str,
    user: str,
    roles: Sequence[str],
    groups: Sequence[str],
    tenant: str,
    days: int,
    as_json: bool,
) -> int:
    """Make a key and print it."""
    check_key(name, user=user, roles=roles, groups=groups, days=days)
    _note(settings, "keys.issue", user)
    made = key_store(settings).issue(name, user=user, tenant=tenant, roles=roles, groups=groups, days=days)
    return print_made(made.key, made.secret, as_json)


def run_keys_list(settings: Settings, as_json: bool) -> int:
    """Print all keys, one line each."""
    found = key_store(settings).list()
    return print_keys(found, as_json)


def run_keys_rotate(settings: Settings, name: str, grace_hours: int, days: int, as_json: bool) -> int:
    """Make a key in the place of another and print it."""
    store = key_store(settings)
    old = store.find(name)
    check_rotation(old, grace_hours, days)
    _note(settings, "keys.rotate", old.id)
    made = store.rotate(old.id, grace_hours=grace_hours, days=days)
    code = print_made(made.key, made.secret, as_json)
    if not as_json:
        print(f"the old key {old.id} ends {store.find(old.id).expires_at[:16]} UTC")
    return code


def run_keys_revoke(settings: Settings, name: str) -> int:
    """End a key."""
    store = key_store(settings)
    key = store.find(name)
    _note(settings, "keys.revoke", key.id)
    store.revoke(key.id)
    print(f"revoked {key.id} ({one_line(key.name)} of {one_line(key.user)})")
    return 0


def _note(settings: Settings, action: str, target: str) -> None:
    path = settings.home / settings.tenant / "audit.sqlite"
    AuditLog(path, lambda: datetime.now(UTC)).note(COMMAND_LINE, action, target)
