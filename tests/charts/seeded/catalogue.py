"""All seeds, in the order of the page."""

from __future__ import annotations

from tests.charts.seeded import delivery, embedded, reference, release_value, traffic

SEEDS = (
    *release_value.SEEDS,
    *traffic.SEEDS,
    *reference.SEEDS,
    *delivery.SEEDS,
    *embedded.SEEDS,
)
