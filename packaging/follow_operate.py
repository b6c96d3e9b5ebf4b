"""Follows docs/operate.md word for word: its `sh` blocks in one shell, in an empty folder, on a free port of
loopback. What the `text` block after one says must be what it prints; `…` stands for anything.

    python packaging/follow_operate.py BIN

BIN is the folder with `pincite`. A block after `<!-- when: CONDITION -->` is left out where CONDITION, a
shell command, fails.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "operate.md"
PORT = "8000"
MOST_S = 180


@dataclass(frozen=True)
class Block:
    commands: str
    prints: str
    when: str


def blocks(page: str) -> list[Block]:
    """The page's commands in order, each with what it is said to print."""
    found: list[Block] = []
    when = ""
    for part in page.split("\n```")[1:]:
        kind, _, text = part.partition("\n")
        if kind == "sh":
            found.append(Block(text, "", when))
        elif kind == "text" and found:
            found[-1] = Block(found[-1].commands, text, found[-1].when)
        elif not kind:
            condition = re.search(r"<!-- when: (.+) -->", text)
            when = condition[1] if condition else ""
    return found


def script(found: list[Block]) -> str:
    lines = ["set -euo pipefail", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    for number, block in enumerate(found):
        body = f"{block.commands}\n"
        lines.append(f"echo; echo '== {number}'")
        lines.append(f"if {block.when}; then\n{body}else echo '(left out)'; fi" if block.when else body)
    return "\n".join([*lines, "echo; echo '== end'", ""])


def faults(found: list[Block], printed: str) -> list[str]:
    """Lines that were promised and not printed, in their order."""
    wrong = []
    for number, block in enumerate(found):
        said = printed.partition(f"\n== {number}\n")[2].partition("\n== ")[0]
        if block.when and said.strip() == "(left out)":
            print(f"left out: {block.commands.strip()}")
            continue
        at = 0
        for line in filter(None, block.prints.split("\n")):
            seen = re.compile(".*".join(re.escape(piece) for piece in line.split("…"))).search(said, at)
            if seen is None:
                wrong.append(
                    f"not printed: {line}\n  by: {block.commands.strip()}\n  but: {said.strip()[:2000]}"
                )
                break
            at = seen.end()
    return wrong


def free_port() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])


def main() -> int:
    port = free_port()
    found = blocks(PAGE.read_text(encoding="utf-8").replace(PORT, port))
    # No setting of whoever runs this.
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    path = f"{Path(sys.argv[1]).absolute()}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory(prefix="pincite-operate-") as folder:
        given = {**kept, "PATH": path, "HOME": folder, "PINCITE_API__PORT": port}
        done = subprocess.run(
            ["bash", "-c", script(found)],
            cwd=folder,
            env=given,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=MOST_S,
            check=False,
        )
        wrong = faults(found, done.stdout)
        if done.returncode or "\n== end" not in done.stdout:
            wrong.append(f"the shell ended with {done.returncode}: {done.stderr[-2000:]}")
            log = Path(folder) / "service.log"
            wrong.append(log.read_text(errors="replace")[-2000:] if log.exists() else "no service.log")
    print("\n".join(wrong) or f"docs/operate.md: {len(found)} blocks, each printed what it says")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
