"""The chart that made an object."""

from __future__ import annotations

from typing import NamedTuple

from kubestrata.core.identity import Identity


class ChartOrigin(NamedTuple):
    """The release whose chart made an object, and the template in the chart.

    `template` is a path with the chart's name first (`web/templates/service.yaml`). `hooks` are the
    events of Helm for which the object exists: `pre-install`; none for one that stays. `values`
    are the values of the release that change it (`image.tag or tag`), '' if they are not known.
    """

    release: Identity
    chart: str
    version: str
    template: str
    hooks: tuple[str, ...] = ()
    values: str = ""

    def __str__(self) -> str:
        where = f"template {self.template} of chart {self.chart} {self.version}".rstrip()
        return f"{where}, values {self.values}" if self.values else where
