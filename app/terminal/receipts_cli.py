"""``pincite receipts …``: the key that answers are signed with, and answers checked by it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

receipts_cli = typer.Typer(
    name="receipts", no_args_is_help=True, add_completion=False, help="Signed answers: key, check."
)


@receipts_cli.command("key")
def show_key() -> None:
    """Print the public key (PEM) that answers of this data folder are checked with; made if there is none."""
    import sys

    from app.observability.receipt_signature import ReceiptSigner, fingerprint, pem
    from app.settings import load_settings

    settings = load_settings()
    key = ReceiptSigner(settings.home / settings.tenant).public_key()
    print(pem(key), end="")
    print(f"fingerprint {fingerprint(key)}", file=sys.stderr)


@receipts_cli.command("check")
def check_receipts(
    file: Annotated[str, typer.Argument(help="Answers as `ask --json` prints them; - is standard input.")],
    key: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--key", help="A public key; that of this data folder when left out."),
    ] = None,
) -> None:
    """Check the signatures of answers. Exit code 1 when one does not hold."""
    from app.answers.files import read_objects
    from app.observability.receipt_signature import ReceiptSigner, read_pem, what_is_wrong
    from app.settings import load_settings
    from app.terminal.printable import one_line

    if key is not None:
        public = read_pem(key.read_bytes())
    else:
        settings = load_settings()
        public = ReceiptSigner(settings.home / settings.tenant).public_key()
    failed = False
    for number, answer in enumerate(read_objects(file), 1):
        wrong = what_is_wrong(answer, public)
        failed = failed or bool(wrong)
        named = one_line(str(answer.get("id") or f"answer {number}"))
        print(f"{named}: {wrong or 'signed and unchanged'}")
    raise typer.Exit(1 if failed else 0)
