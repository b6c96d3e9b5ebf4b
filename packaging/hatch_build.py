"""The wheel's build hook: puts our packages under `pincite.` (docs/decisions/0001-wheel-under-one-name.md).

The checkout has the packages at its top: `app evals graphs prompts tools`. Many a host has an `app` or a
`tools` of its own, so the wheel carries them as `pincite/app`, `pincite/graphs`, … with our absolute
imports rewritten; `pincite-client` carries the client's files so under `pincite_client`. Only names inside
import statements found by `ast` change, in place: line numbers, comments and strings stay as they are.
"""

import ast
import re
import shutil
import tempfile
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "pincite"
PACKAGES = ("app", "evals", "graphs", "prompts", "tools")

# Between `from` and the module's name: blanks, or a backslash at the end of the line.
_FROM = re.compile(rb"from(?:[ \t\f]|\\\r?\n)+")


def rewrite_imports(source: bytes, filename: str = "<source>", name: str = NAME) -> bytes:
    """Return `source` with every absolute import of one of our packages moved under `pincite.`, or `name`.

    `from app.x import y`  ->  `from pincite.app.x import y`
    `import app.x as x`    ->  `import pincite.app.x as x`
    `import app`           ->  `import pincite.app as app`
    `import app.x`         ->  `import pincite.app.x, pincite.app as app`, since it binds `app`
    """
    lines = [0, *accumulate(len(line) for line in source.splitlines(keepends=True))]
    bom = 3 if source.startswith(b"\xef\xbb\xbf") else 0  # ast does not count it in the first line
    under = name.encode() + b"."
    edits: list[tuple[int, bytes]] = []

    def offset(line: int, column: int) -> int:
        return lines[line - 1] + column + (bom if line == 1 else 0)

    for node in ast.walk(ast.parse(source, filename)):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and _ours(node.module or ""):
            found = _FROM.match(source, offset(node.lineno, node.col_offset))
            if found is None:
                raise ValueError(f"{filename}:{node.lineno}: cannot read this import statement")
            edits.append((found.end(), under))
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if not _ours(alias.name):
                    continue
                edits.append((offset(alias.lineno, alias.col_offset), under))
                if alias.asname is None:
                    top, _, rest = alias.name.encode().partition(b".")
                    bound = b", %b%b as %b" % (under, top, top) if rest else b" as %b" % top
                    edits.append((offset(alias.end_lineno or 0, alias.end_col_offset or 0), bound))
    for at, text in sorted(edits, reverse=True):
        source = source[:at] + text + source[at:]
    return source


def _ours(module: str) -> bool:
    return module.partition(".")[0] in PACKAGES


class UnderOneName(BuildHookInterface):  # type: ignore[type-arg]
    """Maps each file of our packages, rewritten where it is Python, to its place under `pincite/`."""

    PLUGIN_NAME = "custom"

    _temporary: Path | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "standard":  # editable: dev-mode-dirs in pyproject.toml do it, nothing is rewritten
            return
        self._temporary = Path(tempfile.mkdtemp(prefix="pincite-wheel-"))
        place = build_data["force_include"]
        name = self.config.get("name", NAME)
        if name != NAME or self.metadata.core.name == NAME:  # `pincite-evals` adds a package to it
            place[str(self._write("__init__.py", self._init(name)))] = f"{name}/__init__.py"
            place[str(self._write("py.typed", b""))] = f"{name}/py.typed"
        for path in self._files():
            inside = path.relative_to(self._source()).as_posix()
            if path.suffix == ".py":
                path = self._write(inside, rewrite_imports(path.read_bytes(), inside, name))
            place[str(path)] = f"{name}/{inside}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def _source(self) -> Path:
        """The checkout's root, where the packages are."""
        return Path(self.root, self.config.get("source", ".")).resolve()

    def _files(self) -> Iterator[Path]:
        """All files of `packages` but hidden ones, caches and, save for Python, what `leave-out` names."""
        root = self._source()
        leave_out = [root / name for name in self.config.get("leave-out", [])]
        for package in self.config["packages"]:
            place = root / package
            for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
                parts = path.relative_to(root).parts
                if not path.is_file() or any(p.startswith(".") or p == "__pycache__" for p in parts):
                    continue
                if path.suffix in {".pyc", ".pyo"}:
                    continue
                if path.suffix != ".py" and any(path.is_relative_to(left) for left in leave_out):
                    continue
                yield path

    def _write(self, name: str, content: bytes) -> Path:
        assert self._temporary is not None
        path = self._temporary / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def _init(self, name: str) -> bytes:
        if given := self.config.get("init"):
            return rewrite_imports((Path(self.root) / given).read_bytes(), given, name)
        return f'"""{self.metadata.core.description}"""\n\n__version__ = "{self.metadata.version}"\n'.encode()
