"""Versions of the platform's charts in the entries of `imports:`.

`v{cert-manager}` in an address stands for the version of the chart cert-manager that the platform
deploys, without a leading `v`. So that bindings and deployment have one list of pins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from kubestrata.core.errors import ConfigError

_CHART = re.compile(r"\{([^{}]*)\}")

ChartVersions: TypeAlias = Mapping[str, str]
"""The version of each chart that the platform deploys, by the name of the chart."""


def names_chart(address: str) -> bool:
    """Return True for an address, not a path, with a chart in braces."""
    is_remote = "://" in address or "github:" in address
    return is_remote and _CHART.search(address) is not None


def resolved(address: str, charts: ChartVersions, name: str) -> str:
    """Return an address with the versions of charts; `name` is the file that it is in.

    Raises ConfigError for a chart that the platform does not deploy, or not in one exact version.
    """

    def version(found: re.Match[str]) -> str:
        chart = found[1]
        if chart not in charts:
            why = f"no HelmRelease in the output installs chart {chart!r}"
            fix = "add the chart and run `kubestrata synth` first, or write a version"
            raise ConfigError(name, f"import {address!r}", why, fix)
        if not charts[chart]:
            why = f"the HelmReleases of chart {chart!r} pin no exact version"
            raise ConfigError(name, f"import {address!r}", why, "pin the chart, or write a version")
        return charts[chart]

    return _CHART.sub(version, address) if names_chart(address) else address
