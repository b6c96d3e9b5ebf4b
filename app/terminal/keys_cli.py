"""``pincite keys …``: who may call the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from app.terminal.examples import KEYS

if TYPE_CHECKING:
    from app.settings import Settings

keys_cli = typer.Typer(
    name="keys",
    no_args_is_help=True,
    add_completion=False,
    help="Keys of people and programs that call `pincite serve`: create, list, rotate, revoke.",
    epilog=KEYS,
)

JsonOption = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
DaysOption = Annotated[int, typer.Option("--days", help="Days that the key is valid.")]
NameArgument = Annotated[str, typer.Argument(help="The key's id, the beginning of it, or its name.")]


@keys_cli.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the key is for, e.g. intranet.")],
    user: Annotated[str, typer.Option("--user", help="Whose it is; their answers and conversations.")],
    role: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--role", help="asker (the default), contributor, reviewer, operator; repeat for more."),
    ] = None,
    group: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--group", help="A group of the user's, which documents may be readable for; repeat."),
    ] = None,
    tenant: Annotated[str, typer.Option("--tenant", help="Another tenant than PINCITE_TENANT.")] = "",
    days: DaysOption = 90,
    as_json: JsonOption = False,
) -> None:
    """Make a key, and print it this once. It is shown as `Authorization: Bearer KEY`."""
    from app.terminal.keys import run_keys_create

    settings = _settings()
    raise typer.Exit(
        run_keys_create(
            settings, name, user, role or ["asker"], group or [], tenant or settings.tenant, days, as_json
        )
    )


@keys_cli.command("list")
def list_keys(as_json: JsonOption = False) -> None:
    """List keys without their secrets: id, name, user, roles, groups, until when, last used."""
    from app.terminal.keys import run_keys_list

    raise typer.Exit(run_keys_list(_settings(), as_json))


@keys_cli.command("rotate")
def rotate(
    name: NameArgument,
    grace_hours: Annotated[int, typer.Option("--grace-hours", help="Hours that the old key goes on.")] = 24,
    days: DaysOption = 90,
    as_json: JsonOption = False,
) -> None:
    """Make a new key that may do the same; the old one ends after some hours."""
    from app.terminal.keys import run_keys_rotate

    raise typer.Exit(run_keys_rotate(_settings(), name, grace_hours, days, as_json))


@keys_cli.command("revoke")
def revoke(name: NameArgument) -> None:
    """End a key at once, for good."""
    from app.terminal.keys import run_keys_revoke

    raise typer.Exit(run_keys_revoke(_settings(), name))


def _settings() -> Settings:
    from app.settings import load_settings

    return load_settings()
