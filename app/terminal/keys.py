"""``pincite keys``: keys made, listed, rotated and revoked; each change is a line of the audit log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from app.api.auth.audit import AuditLog
from app.api.auth.identify import key_store
from app.api.auth.keys import ApiKey, NewKey, check_key, check_rotation
from app.conversations.store import COMMAND_LINE
from app.settings import Settings
from app.terminal.printable import one_line


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
    return _print_made(made, as_json)


def run_keys_list(settings: Settings, as_json: bool) -> int:
    """Print all keys, one line each."""
    found = key_store(settings).list()
    if as_json:
        print(json.dumps([asdict(key) for key in found], indent=2, ensure_ascii=False))
        return 0
    if not found:
        print("no keys yet; make one with: pincite keys create NAME --user USER")
    now = datetime.now(UTC).isoformat()
    for key in found:
        fields = (
            key.id,
            key.name,
            key.user,
            key.tenant,
            ",".join(key.roles),
            ",".join(key.groups) or "-",
            _until(key, now),
            f"used {key.used_on}" if key.used_on else "never used",
        )
        print(*map(one_line, fields), sep="\t")
    return 0


def run_keys_rotate(settings: Settings, name: str, grace_hours: int, days: int, as_json: bool) -> int:
    """Make a key in the place of another and print it."""
    store = key_store(settings)
    old = store.find(name)
    check_rotation(old, grace_hours, days)
    _note(settings, "keys.rotate", old.id)
    made = store.rotate(old.id, grace_hours=grace_hours, days=days)
    code = _print_made(made, as_json)
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


def _print_made(made: NewKey, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"secret": made.secret, "key": asdict(made.key)}, indent=2, ensure_ascii=False))
        return 0
    print(made.secret)
    print(f"valid until {made.key.expires_at[:10]}; it is not kept and cannot be shown again")
    return 0


def _until(key: ApiKey, now: str) -> str:
    if key.revoked_at:
        return f"revoked {key.revoked_at[:10]}"
    return f"{'expired' if key.expires_at <= now else 'until'} {key.expires_at[:10]}"


def _note(settings: Settings, action: str, target: str) -> None:
    path = settings.home / settings.tenant / "audit.sqlite"
    AuditLog(path, lambda: datetime.now(UTC)).note(COMMAND_LINE, action, target)
