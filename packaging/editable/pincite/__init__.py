"""`pincite` in a checkout: `pincite.graphs.answer` is `graphs.answer`, the very same module.

The wheel carries the packages under `pincite.` (docs/decisions/0001). An editable install puts this
directory and the checkout's root on the path, so that the `pincite` command, the examples and a host's code
use one name in both. The alias hands out the module that is already there: a second copy would mean second
classes, and `isinstance` lies.
"""

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import version
from types import ModuleType

_PREFIX = f"{__name__}."
_PACKAGES = frozenset({"app", "evals", "graphs", "prompts", "tools"})


class _Alias(MetaPathFinder, Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        real = fullname.removeprefix(_PREFIX)
        if (
            real == fullname
            or real.partition(".")[0] not in _PACKAGES
            or importlib.util.find_spec(real) is None
        ):
            return None
        return ModuleSpec(fullname, self)

    def exec_module(self, module: ModuleType) -> None:
        # The import system takes what sys.modules holds after this call, so the empty module made for the
        # alias is dropped and the real one, its own __name__ and __spec__ untouched, stands in its place.
        sys.modules[module.__name__] = importlib.import_module(module.__name__.removeprefix(_PREFIX))


def __getattr__(name: str) -> str:
    if name == "__version__":  # asked for, not kept: the install's metadata may not be there yet
        return version("pincite")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# First in line: the path finder would find `pincite.app.cli` through app.__path__ and load a second copy.
sys.meta_path.insert(0, _Alias())
