"""An address may name a chart of the platform in place of a version."""

from __future__ import annotations

import pytest

from kubestrata.bindings.source.chart_version import names_chart, resolved
from kubestrata.bindings.source.import_list import entries_of
from kubestrata.core.errors import ConfigError

RAW = "https://raw.githubusercontent.com/acme/gadget"
CHARTS = {"gadget": "1.2.3", "gadget-crds": "4.0.0-rc.1", "loose": ""}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (f"{RAW}/v{{gadget}}/crd.yaml", f"{RAW}/v1.2.3/crd.yaml"),
        (f"gadget:={RAW}/{{gadget-crds}}/crd.yaml", f"gadget:={RAW}/4.0.0-rc.1/crd.yaml"),
        ("github:acme/gadget@{gadget}", "github:acme/gadget@1.2.3"),
        (f"{RAW}/v{{gadget}}/crds-{{gadget}}.yaml", f"{RAW}/v1.2.3/crds-1.2.3.yaml"),
        (f"{RAW}/v1.0.0/crd.yaml", f"{RAW}/v1.0.0/crd.yaml"),
        ("crds/{gadget}.yaml", "crds/{gadget}.yaml"),
    ],
)
def test_a_chart_in_braces_stands_for_its_version(address: str, expected: str) -> None:
    assert resolved(address, CHARTS, "cdk8s.yaml") == expected
    assert names_chart(address) is (address != expected)


@pytest.mark.parametrize(
    ("chart", "why"),
    [
        ("other", "no HelmRelease in the output installs chart 'other'"),
        ("", "no HelmRelease in the output installs chart ''"),
        ("loose", "the HelmReleases of chart 'loose' pin no exact version"),
    ],
)
def test_a_chart_without_a_version_is_refused(chart: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        resolved(f"{RAW}/v{{{chart}}}/crd.yaml", CHARTS, "cdk8s.yaml")


def test_the_entry_has_the_version_of_the_chart() -> None:
    text = f"imports:\n  - gadget:={RAW}/v{{gadget}}/crd.yaml\n"
    (entry,) = entries_of(text, "cdk8s.yaml", CHARTS)
    assert (entry.name, entry.version) == ("gadget", "v1.2.3")
    assert entry.address == f"{RAW}/v1.2.3/crd.yaml"
