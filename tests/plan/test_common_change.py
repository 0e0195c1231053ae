"""Changes of several clusters as one entry."""

from __future__ import annotations

from kubestrata.core.field_change import FieldChange
from kubestrata.plan.common_change import fold
from kubestrata.plan.tree_diff import ObjectChange

FIELDS = (FieldChange("data.n", "changed", {"a": [1]}, {"a": [2]}),)


def change(file: str, **options: object) -> ObjectChange:
    made: dict[str, object] = {"verb": "changed", "name": "ConfigMap web/settings"}
    made |= {"fields": FIELDS, **options}
    return ObjectChange(file=file, **made)  # type: ignore[arg-type]


def test_the_same_change_of_two_clusters_is_one_entry_at_the_first_place() -> None:
    one, other = change("apps/web/a.yaml"), change("infra/web/a.yaml")
    alone = change("apps/web/b.yaml", name="ConfigMap web/alone")
    assert [each.place for each in fold([one, alone, other])] == [
        "{apps,infra}/web/a.yaml",
        "apps/web/b.yaml",
    ]


def test_changes_that_differ_in_anything_stay_apart() -> None:
    one = change("apps/web/a.yaml")
    others = [
        change("infra/web/b.yaml"),
        change("infra/web/a.yaml", verb="added"),
        change("infra/web/a.yaml", name="ConfigMap web/other"),
        change("infra/web/a.yaml", note="moves"),
        change("infra/web/a.yaml", data_lost="its volumes"),
        change("infra/web/a.yaml", fields=(FieldChange("data.n", "changed", {"a": [1]}, 1),)),
        change("infra/web/a.yaml", fields=(FieldChange("data.n", "changed", {"a": [1.0]}, 2),)),
    ]
    assert all(len(fold([one, other])) == 2 for other in others)


def test_a_file_outside_of_clusters_is_its_own_entry() -> None:
    assert [each.place for each in fold([change(".kubestrata"), change("a/.kubestrata")])] == [
        ".kubestrata",
        "a/.kubestrata",
    ]


def test_what_a_chart_makes_in_two_clusters_has_its_template_once() -> None:
    where = "web/templates/a.yaml of HelmRelease web/web, chart web 1.2.3"
    assert [each.place for each in fold([change(where), change(where)])] == [where]
