"""Results held in memory for those who ask next, or at the same moment."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Held(Generic[_Key, _Value]):
    """The last ``size`` results, by what they were made from. Safe for threads.

    Who asks for what is just being made waits for it. A failure is told to all who wait, and not held. Values
    are shared: nobody may change them.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._results: OrderedDict[_Key, Future[_Value]] = OrderedDict()

    def get(self, key: _Key, make: Callable[[], _Value]) -> _Value:
        """The result of ``key``; ``make`` is called where there is none."""
        with self._lock:
            known = self._results.get(key)
            if known is None:
                mine = self._results[key] = Future()
                if len(self._results) > self._size:
                    self._results.popitem(last=False)
            else:
                self._results.move_to_end(key)
        if known is not None:
            return known.result()
        try:
            value = make()
        except BaseException as error:
            with self._lock:
                if self._results.get(key) is mine:
                    del self._results[key]
            mine.set_exception(error)
            raise
        mine.set_result(value)
        return value
