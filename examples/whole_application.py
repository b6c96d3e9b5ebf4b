"""The whole application in another program: indexes, model and guards as the settings say.

python examples/whole_application.py "How long is the warranty of a gateway?"
"""

import sys

from pincite.app.compose import open_pincite

if len(sys.argv) != 2:
    sys.exit(f'usage: python {sys.argv[0]} "a question"')

with open_pincite() as pincite:
    answer = pincite.ask(sys.argv[1])
    print(answer.status, answer.text)
    for citation in answer.citations:
        print(f"[{citation.number}] {citation.title}, {citation.start}-{citation.end}: {citation.quote}")
