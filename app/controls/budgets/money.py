"""Money as whole billionths of a US dollar: no sum of them is rounded."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

NANO = 10**9


def nano(usd: float) -> int:
    """US dollars as billionths, rounded up.

    >>> nano(0.1), nano(2.5e-7), nano(1e-10)
    (100000000, 250, 1)
    """
    # By way of its shortest text: 0.1 is meant, not the float's last digits.
    return int((Decimal(str(usd)) * NANO).to_integral_value(ROUND_CEILING))


def dollars(nanos: int) -> float:
    """Billionths as US dollars, for showing.

    >>> dollars(100000000)
    0.1
    """
    return float(Decimal(nanos) / NANO)
