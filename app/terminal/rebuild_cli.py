"""``pincite rebuild``."""

from __future__ import annotations

import typer


def rebuild_command() -> None:
    """Make the whole index anew (vectors, their rows, words) from the texts that are stored.

    For when `pincite doctor` or an answer says that part of the index is missing or damaged. Nothing is read
    from the sources, and vectors that are kept are not embedded again.
    """
    from app.corpus import open_corpus
    from app.recovery.rebuild import check_registry
    from app.settings import load_settings
    from app.terminal.errors import warnings_as_lines

    warnings_as_lines()
    settings = load_settings()
    # Before anything opens it, and says less of what is wrong.
    check_registry(settings.home / settings.tenant / "registry.sqlite")
    with open_corpus(settings) as corpus:
        done = corpus.rebuild()
    for name in done.dropped:
        print(f"deleted {name}, which was damaged; it is made again as it is used")
    print(f"rebuilt the index: {done.passages} passages with words, {done.vectors} with vectors")
    raise typer.Exit(0)
