"""A guard in one file: the name of a secret project is neither searched for nor let out.

Its registration, in the ``pyproject.toml`` of whoever ships it, and its use:

    [project.entry-points."pincite.guards"]
    code_names = "code_names_guard:CodeNames"

    PINCITE_EXTENSIONS__GUARDS=code_names
"""

import re

from pincite.graphs.parts import GuardResult

_SECRET = re.compile(r"\bbluebird\b", re.IGNORECASE)


class CodeNames:
    """Takes the name out of questions and answers; ``"deny"`` in place of ``"modify"`` would refuse them."""

    checks = ("question", "answer")

    def __call__(self, text: str) -> GuardResult:
        """The verdict on one question, or on one sentence of an answer."""
        mended = _SECRET.sub("[project]", text)
        if mended == text:
            return GuardResult("code-names", "allow", text)
        return GuardResult("code-names", "modify", mended, ("the name of a project was taken out",))
