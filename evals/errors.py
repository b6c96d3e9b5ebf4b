"""What an evaluation says when it cannot go on."""

from __future__ import annotations


class EvalError(ValueError):
    """An evaluation that cannot be run, read or compared; the message is one line saying what to do."""


def needs_extra(module: str) -> EvalError:
    """The error for a library that comes with the extra ``evals``.

    >>> str(needs_extra("scipy"))
    "this needs scipy; install it with: pip install 'pincite[evals]'"
    """
    return EvalError(f"this needs {module}; install it with: pip install 'pincite[evals]'")
