"""The lines of ``pincite doctor`` about the files of the data folder, one each."""

from __future__ import annotations

from collections.abc import Iterator

from app.settings import Settings
from app.terminal.health import HealthCheck
from app.terminal.printable import one_line


def file_checks(settings: Settings) -> Iterator[HealthCheck]:
    """Every file, looked at by itself; the index of words and the vectors are looked at together later."""
    from app.recovery.file_checks import check_files

    for check in check_files(settings.home / settings.tenant):
        what = f"file {one_line(check.name)}"
        yield HealthCheck("broken" if check.damage else "ok", what, one_line(check.damage) or "sound")
