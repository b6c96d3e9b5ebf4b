"""Distributions of strangers: a folder on the path with modules and the metadata an installer would leave."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from tests.support.cli import Command, Finished

PINCITE = Path(sys.executable).with_name("pincite")


@dataclass(frozen=True)
class Stranger:
    """A folder that is put on ``PYTHONPATH`` for the ``pincite`` command."""

    folder: Path

    def bring(
        self, distribution: str, version: str, entries: Mapping[str, str], **modules: str | Path
    ) -> None:
        """Install modules (source, or a file of it) and ``{"group name": "module:object"}`` beside them."""
        info = self.folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n", encoding="utf-8"
        )
        lines = []
        for place, target in entries.items():
            group, name = place.split()
            lines += [f"[{group}]", f"{name} = {target}"]
        (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for module, source in modules.items():
            text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
            (self.folder / f"{module}.py").write_text(text, encoding="utf-8")

    def pincite(self, *arguments: str | Path, **environment: str) -> Finished:
        """Run ``pincite`` with the folder on its path and no settings but these."""
        command = Command(self.folder / "home", Path(mkdtemp(dir=self.folder)))
        return command(*arguments, PYTHONPATH=str(self.folder), **environment)

    def executable(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """The same by the installed executable, as from a shell: slower."""
        plain = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"}
        plain |= {"PYTHONPATH": str(self.folder), "PINCITE_HOME": str(self.folder / "home")}
        return subprocess.run(
            [PINCITE, *map(str, arguments)],
            cwd=self.folder,
            env=plain,
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )
