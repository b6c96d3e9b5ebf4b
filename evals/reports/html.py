"""Write the report: one HTML file that needs nothing else."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from evals.errors import needs_extra
from evals.experiments.runfile import Run
from evals.gates.compare import Comparison
from evals.judges.known import JudgeLine


def render(
    run: Run,
    others: Sequence[Run],
    comparison: Comparison | None,
    judges: Sequence[JudgeLine] = (),
    most: int = 24,
) -> str:
    """The page as text. Everything from a run is escaped.

    Raises:
        EvalError: jinja2 is missing.
    """
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise needs_extra("jinja2") from None
    from evals.reports.data import page

    here = files(__package__)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string((here / "report.html.j2").read_text(encoding="utf-8"))
    style = (here / "report.css").read_text(encoding="utf-8")
    return template.render(style=style, **page(run, others, comparison, judges, most))


def write_page(path: Path, text: str) -> None:
    """Write it whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".report-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
