"""Charts as inline SVG. Colours are the page's variables, so they follow light, dark and print."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from evals.metrics.selective import RiskPoint


def trend(values: Sequence[float | None], labels: Sequence[str], title: str) -> Markup:
    """A small line of one metric over runs, 0 to 1; a gap where a run lacks it."""
    width, height, pad = 300, 84, 10
    n = len(values)

    def x(at: int) -> float:
        return width / 2 if n == 1 else pad + at * (width - 2 * pad - 34) / (n - 1)

    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    middle, half = (low + high) / 2, max((high - low) / 2 * 1.25, 0.05)
    bottom, top = max(middle - half, 0.0), min(middle + half, 1.0)

    def y(value: float) -> float:
        return pad + (height - 2 * pad) * (1 - (value - bottom) / ((top - bottom) or 1))

    parts: list[str] = []
    for level in (bottom, top):
        parts.append(
            f'<line class="grid" x1="{pad}" x2="{width - 34}" y1="{y(level):.1f}" y2="{y(level):.1f}"/>'
        )
        parts.append(f'<text class="tick" x="{width - 30}" y="{y(level) + 3.5:.1f}">{level:.2f}</text>')
    pens = [(x(at), y(value)) for at, value in enumerate(values) if value is not None]
    if len(pens) > 1:
        parts.append(f'<polyline class="line" points="{_points(pens)}"/>')
    for at, value in enumerate(values):
        if value is not None:
            last = " last" if at == n - 1 else ""
            parts.append(
                f'<circle class="dot{last}" cx="{x(at):.1f}" cy="{y(value):.1f}" r="{4 if last else 2.5}">'
                f"<title>{escape(labels[at])}: {value:.3f}</title></circle>"
            )
    said = ", ".join(f"{value:.3f}" if value is not None else "none" for value in values)
    return _svg(width, height, f"{title} over {n} runs, oldest first: {said}", parts)


def risk_curve(
    points: Sequence[RiskPoint], best: Sequence[RiskPoint], here: tuple[float, float] | None, title: str
) -> Markup:
    """Risk over coverage, the best possible beside it, and where the system stands."""
    width, height, left, bottom = 560, 300, 46, 40
    top = max([0.1, *(point.risk for point in points)])
    top = min(1.0, (int(top * 10) + 1) / 10)

    def x(value: float) -> float:
        return left + value * (width - left - 16)

    def y(value: float) -> float:
        return 14 + (height - 14 - bottom) * (1 - value / top)

    parts: list[str] = []
    for step in range(0, 11, 2):
        share = step / 10
        parts.append(f'<line class="grid" x1="{x(share):.1f}" x2="{x(share):.1f}" y1="14" y2="{y(0):.1f}"/>')
        parts.append(f'<text class="tick mid" x="{x(share):.1f}" y="{y(0) + 16:.1f}">{share:.0%}</text>')
    for step in range(round(top * 10) + 1):
        if top <= 0.5 or step % 2 == 0:
            share = step / 10
            parts.append(
                f'<line class="grid" x1="{left}" x2="{width - 16}" y1="{y(share):.1f}" y2="{y(share):.1f}"/>'
            )
            parts.append(f'<text class="tick end" x="{left - 6}" y="{y(share) + 4:.1f}">{share:.0%}</text>')
    parts.append(
        f'<text class="axis mid" x="{x(0.5):.1f}" y="{height - 6}">coverage: questions answered</text>'
    )
    parts.append(
        f'<text class="axis mid" transform="translate(12 {y(top / 2):.1f}) rotate(-90)">'
        "risk: wrong answers</text>"
    )
    parts.append(
        f'<polyline class="line faint" points="{_points([(x(p.coverage), y(p.risk)) for p in best])}"/>'
    )
    parts.append(f'<polyline class="line" points="{_points([(x(p.coverage), y(p.risk)) for p in points])}"/>')
    if here is not None:
        cx, cy = x(here[0]), y(min(here[1], top))
        middle = min(max(cx, left + 125), width - 140)
        above = cy - 34 if cy > 60 else cy + 40
        parts.append(f'<circle class="here" cx="{cx:.1f}" cy="{cy:.1f}" r="6"/>')
        parts.append(
            f'<text class="label mid" x="{middle:.1f}" y="{above:.1f}">'
            f"the gate: {here[0]:.0%} answered, {here[1]:.0%} of them wrong</text>"
        )
    return _svg(width, height, title, parts)


def whiskers(mean: float, low: float, high: float, reach: float, title: str) -> Markup:
    """One difference with its interval on a line from ``-reach`` to ``reach``."""
    width, height = 220, 22

    def x(value: float) -> float:
        return 8 + (max(min(value, reach), -reach) + reach) / (2 * reach) * (width - 16)

    where = "bad" if high < 0 else "good" if low > 0 else "even"
    parts = [
        f'<line class="zero" x1="{x(0):.1f}" x2="{x(0):.1f}" y1="2" y2="{height - 2}"/>',
        f'<line class="whisker {where}" x1="{x(low):.1f}" x2="{x(high):.1f}" y1="11" y2="11"/>',
        f'<circle class="{where}" cx="{x(mean):.1f}" cy="11" r="4"/>',
    ]
    return _svg(width, height, title, parts)


def _points(pens: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pens)


def _svg(width: int, height: int, title: str, parts: Sequence[str]) -> Markup:
    inside = "".join(parts)
    return Markup(
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}" '
        f'style="max-width:{width}px">{inside}</svg>'
    )
