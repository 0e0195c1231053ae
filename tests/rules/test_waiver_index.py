"""A waiver covers one rule, by any of its names, of one object, in its own cluster or in any."""

from __future__ import annotations

from datetime import date

import pytest

from kubestrata.core.identity import Identity
from kubestrata.core.origin import Origin
from kubestrata.core.waiver import Waiver
from kubestrata.rules.violation import Finding, Location, Severity, Violation
from kubestrata.rules.waiver import Waivers

OBJECT = Identity("", "Pod", "apps", "web")
OTHER = Identity("", "Pod", "apps", "api")


def waiver(rule: str, about: Identity, cluster: str) -> Waiver:
    origin = Origin("main.py", 1)
    return Waiver(rule, about, "reason", "owner", date(2030, 1, 1), origin, cluster)


@pytest.mark.parametrize(
    ("given", "covered"),
    [
        (waiver("P01", OBJECT, "one"), True),
        (waiver("P01", OBJECT, ""), True),
        (waiver("P01", OBJECT, "two"), False),
        (waiver("P02", OBJECT, "one"), False),
        (waiver("P01", OTHER, "one"), False),
        (waiver("P-FIRST", OBJECT, "one"), True),
        (waiver("P-OTHER", OBJECT, "one"), False),
    ],
)
def test_a_waiver_covers_its_rule_object_and_cluster(given: Waiver, *, covered: bool) -> None:
    finding = Finding(OBJECT, Location("main.py", 1), "", "message")
    violation = Violation("P01", Severity.ERROR, "one", finding, "why")
    ids = {"P01": "P01", "P-FIRST": "P01"}
    assert (Waivers([given], "one", ids).covering(violation) is given) == covered
