"""What ``/metrics`` shows, as OpenTelemetry metrics: the same names and values, since the process began."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from app.observability import names

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import Metric, MetricsData
    from opentelemetry.sdk.resources import Resource

Labels = tuple[tuple[str, str], ...]


def metrics_data(families: Iterable[Any], resource: Resource, since: int, now: int) -> MetricsData:
    """``families``: counters, histograms and gauges as ``prometheus_client`` collects them. ``since`` and
    ``now``: nanoseconds after 1970."""
    from opentelemetry.sdk.metrics.export import MetricsData, ResourceMetrics, ScopeMetrics
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope

    scope = InstrumentationScope("pincite", schema_url=names.SCHEMA)
    metrics = [_metric(one, since, now) for one in families if one.samples]
    whole = ScopeMetrics(scope, metrics, names.SCHEMA)
    return MetricsData([ResourceMetrics(resource, [whole], names.SCHEMA)])


def _metric(family: Any, since: int, now: int) -> Metric:
    from opentelemetry.sdk.metrics.export import (
        AggregationTemporality,
        Gauge,
        Histogram,
        Metric,
        NumberDataPoint,
        Sum,
    )

    unit = "s" if family.name.endswith("_seconds") else ""
    added = AggregationTemporality.CUMULATIVE
    data: Gauge | Histogram | Sum
    if family.type == "histogram":
        data = Histogram(_histogram_points(family.samples, since, now), added)
    elif family.type == "counter":
        # Beside each total stands when its series was made.
        totals = [one for one in family.samples if one.name.endswith("_total")]
        points = [NumberDataPoint(dict(one.labels), since, now, one.value) for one in totals]
        data = Sum(points, added, True)
    else:
        data = Gauge([NumberDataPoint(dict(one.labels), since, now, one.value) for one in family.samples])
    return Metric(family.name, family.documentation, unit, data)


def _histogram_points(samples: Iterable[Any], since: int, now: int) -> list[Any]:
    """One point for each set of labels; Prometheus counts what is at most a bound, OpenTelemetry what is
    between two."""
    from opentelemetry.sdk.metrics.export import HistogramDataPoint

    upto: dict[Labels, dict[float, float]] = defaultdict(dict)
    sums: dict[Labels, float] = defaultdict(float)
    for one in samples:
        labels = tuple(sorted((key, value) for key, value in one.labels.items() if key != "le"))
        if one.name.endswith("_bucket"):
            upto[labels][float(one.labels["le"])] = one.value
        elif one.name.endswith("_sum"):
            sums[labels] = one.value
    points = []
    for labels, counts in upto.items():
        bounds = sorted(counts)
        below = [0.0, *(counts[bound] for bound in bounds)]
        between = [round(high - low) for low, high in pairwise(below)]
        # No least and greatest are counted; the protocol may leave them out, the SDK's class may not.
        no: Any = None
        points.append(
            HistogramDataPoint(
                dict(labels), since, now, sum(between), sums[labels], between, bounds[:-1], no, no
            )
        )
    return points
