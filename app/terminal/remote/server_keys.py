"""``pincite --server … keys``."""

from __future__ import annotations

from typing import Any

from app.api.client.synchronous import PinciteClient
from app.terminal.document_text import NotADocumentError
from app.terminal.printable import one_line
from app.terminal.record_text import print_keys, print_made


def remote_keys_create(
    client: PinciteClient,
    *,
    name: str,
    user: str,
    role: Any,
    group: Any,
    tenant: str,
    days: int,
    as_json: bool,
) -> int:
    if tenant and tenant != client.me().tenant:
        raise NotADocumentError("with --server, keys are made for your own tenant")
    roles = list(role or ["asker"])
    made = client.issue_key(name, user, roles=roles, groups=list(group or ()), days=days)
    return print_made(made.key, made.secret, as_json)


def remote_keys_list(client: PinciteClient, *, as_json: bool) -> int:
    return print_keys(client.keys(), as_json)


def remote_keys_rotate(
    client: PinciteClient, *, name: str, grace_hours: int, days: int, as_json: bool
) -> int:
    made = client.rotate_key(name, grace_hours=grace_hours, days=days)
    return print_made(made.key, made.secret, as_json)


def remote_keys_revoke(client: PinciteClient, *, name: str) -> int:
    key = client.revoke_key(name)
    print(f"revoked {key.id} ({one_line(key.name)} of {one_line(key.user)})")
    return 0
