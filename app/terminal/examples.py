"""Examples at the end of ``--help``; \\b keeps the lines as they are."""

from __future__ import annotations

ADD = """Examples:

\b
  pincite add docs/ README.md
  pincite add https://example.org/handbook --source handbook
  pincite add minutes/ --source board --groups board
"""

ASK = """Examples:

\b
  pincite ask "How long is the warranty?"
  pincite ask "What changed?" --filter "version>=2.4" --filter product=heron
  pincite ask "And in winter?" --thread heating
  pincite ask - --json < question.txt | jq .text
"""

SERVE = """Examples:

\b
  pincite serve
  PINCITE_AUTH__REQUIRED=true pincite serve --host 0.0.0.0 --port 8080

Beyond this machine callers must log in: make a key first, see pincite keys --help.
"""

KEYS = """Examples:

\b
  pincite keys create intranet --user intranet
  pincite keys create ops --user anna --role operator --days 30
  pincite keys rotate intranet --grace-hours 48
  pincite keys revoke intranet
"""
