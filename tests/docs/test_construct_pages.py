"""The example of each construct's page runs, and makes objects that the API server takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kubestrata import Cluster, Host, Platform
from kubestrata.constructs import CiliumNetwork, Pods
from kubestrata.constructs.observability import GrafanaOperator, VictoriaMetrics
from tests.constructs.data.world import offer_operators
from tests.constructs.judging import faults
from tests.small_platform import flux, new_component

PAGES = sorted((Path(__file__).resolve().parents[2] / "docs" / "constructs").glob("*.md"))

_MONITORING = VictoriaMetrics(
    scraper=Pods("vmagent", "monitoring", {"app.kubernetes.io/name": "vmagent"}),
    grafana=GrafanaOperator(labels={"dashboards": "grafana"}, namespace="monitoring"),
)

# Objects of kinds that the bindings do not have: nothing can judge them.
_UNBOUND = {
    "aws-resources": [
        "AccessKey.iam.aws.m.upbound.io shop/xplane-registry",
        "UserPolicyAttachment.iam.aws.m.upbound.io shop/xplane-registry",
    ]
}


def example(page: Path) -> Any:
    """The function `example(component)` of the page's first block of Python."""
    (block,) = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)[:1]
    scope: dict[str, Any] = {}
    exec(compile(block, str(page), "exec"), scope)
    return scope["example"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_an_example_runs(page: Path) -> None:
    cluster = Cluster(
        Platform(),
        "home",
        domain=Host("example.com"),
        delivery=flux(),
        kubernetes="1.35",
        offers=[CiliumNetwork(), _MONITORING],
    )
    component = new_component(cluster, "shop")
    offer_operators(cluster)
    before = len(component.rendered())
    example(page)(component)
    assert len(component.rendered()) > before
    unknown = _UNBOUND.get(page.stem, [])
    assert faults(component) == [f"{each}: no binding knows it" for each in unknown]
