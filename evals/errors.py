"""What an evaluation says when it cannot go on."""

from __future__ import annotations

from app.errors import PinciteError


class EvalError(PinciteError, ValueError):
    """An evaluation that cannot be run, read or compared; the message is one line saying what to do."""

    code = "eval"


def needs_extra(module: str) -> EvalError:
    """The error for a library that comes with the extra ``evals``.

    >>> str(needs_extra("scipy"))
    "this needs scipy; install it with: pip install 'pincite[evals]'"
    """
    return EvalError(f"this needs {module}; install it with: pip install 'pincite[evals]'")
