"""Placeholders are substituted in the cluster; similar literal text is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeapis import k8s
from kubestrata import Placeholder, PlaceholderInt
from kubestrata.core.errors import InvalidValue
from kubestrata.core.value.placeholder import resolve
from tests.small_platform import (
    config_map,
    files,
    kustomization,
    manifest,
    new_cluster,
    new_component,
)


def envsubst(text: str, variables: dict[str, str]) -> str:
    """Substitute like the scanner of Flux: `$$` is one dollar, `${x}` a variable."""
    out: list[str] = []
    position = 0
    while position < len(text):
        if text.startswith("${", position):
            end = text.index("}", position)
            out.append(variables[text[position + 2 : end]])
            position = end + 1
        elif text.startswith("$$", position):
            out.append("$")
            position += 2
        else:
            out.append(text[position])
            position += 1
    return "".join(out)


PIECES = st.sampled_from(["$", "{", "}", "a", "${a}", "$$", " ", "\n", str(Placeholder("name"))])


@given(st.lists(PIECES, max_size=12))
def test_literal_text_survives_substitution_and_placeholders_are_filled(pieces: list[str]) -> None:
    text = "".join(pieces)
    wanted = text.replace(Placeholder("name"), "VALUE")
    assert envsubst(resolve(text, substituted=True), {"name": "VALUE"}) == wanted


def test_without_placeholders_flux_substitutes_nothing_and_nothing_is_escaped() -> None:
    cluster = new_cluster(placeholders=("region",))
    config_map(new_component(cluster), script="echo ${HOME} $$")
    assert manifest(cluster, "apps/web/settings-configmap.yaml")["data"] == {
        "script": "echo ${HOME} $$"
    }
    assert "postBuild" not in kustomization(cluster, "web")


def test_one_placeholder_turns_substitution_on_and_escapes_the_rest_of_its_unit() -> None:
    cluster = new_cluster(placeholders=("region",))
    web = new_component(cluster)
    config_map(web, "a", where=f"eu-{cluster.placeholder('region')}")
    config_map(web, "b", script="echo ${HOME} $HOME")
    assert manifest(cluster, "apps/web/a-configmap.yaml")["data"] == {"where": "eu-${region}"}
    assert manifest(cluster, "apps/web/b-configmap.yaml")["data"] == {
        "script": "echo $${HOME} $HOME"
    }
    assert kustomization(cluster, "web")["postBuild"] == {
        "substituteFrom": [{"kind": "ConfigMap", "name": "facts"}]
    }


def test_an_object_that_switches_substitution_off_keeps_its_text() -> None:
    cluster = new_cluster(placeholders=("region",))
    web = new_component(cluster)
    config_map(web, "a", where=cluster.placeholder("region"))
    off = {"kustomize.toolkit.fluxcd.io/substitute": "disabled"}
    k8s.ConfigMap(web, "b", metadata=k8s.ObjectMeta(annotations=off), data={"x": "${y}"})
    assert manifest(cluster, "apps/web/b-configmap.yaml")["data"] == {"x": "${y}"}


def test_an_integer_placeholder_fits_an_integer_field_and_is_written_bare() -> None:
    cluster = new_cluster(placeholders=("replicas",))
    web = new_component(cluster)
    labels = {"app": "web"}
    k8s.Deployment(
        web,
        "web",
        spec=k8s.DeploymentSpec(
            replicas=PlaceholderInt("replicas"),
            selector=k8s.LabelSelector(match_labels=labels),
            template=k8s.PodTemplateSpec(
                metadata=k8s.ObjectMeta(labels=labels),
                spec=k8s.PodSpec(containers=[k8s.Container(name="web", image="web:1")]),
            ),
        ),
    )
    assert b"\n  replicas: ${replicas}\n" in files(cluster)["apps/web/web-deployment.yaml"]


def test_an_undeclared_placeholder_is_refused_at_its_line() -> None:
    cluster = new_cluster(placeholders=("region",))
    with pytest.raises(InvalidValue, match="cluster c1, which declares region"):
        cluster.placeholder("regoin")


def test_an_undeclared_placeholder_made_by_hand_is_refused_with_its_object() -> None:
    cluster = new_cluster()
    config_map(new_component(cluster), where=Placeholder("region"))
    with pytest.raises(
        InvalidValue, match=r"ConfigMap web/settings: uses the placeholder 'region'"
    ):
        files(cluster)


def test_a_placeholder_where_substitution_is_off_is_refused() -> None:
    cluster = new_cluster(placeholders=("region",))
    off = {"kustomize.toolkit.fluxcd.io/substitute": "disabled"}
    k8s.ConfigMap(
        new_component(cluster),
        "b",
        metadata=k8s.ObjectMeta(annotations=off),
        data={"x": cluster.placeholder("region")},
    )
    with pytest.raises(InvalidValue, match="disables substitution"):
        files(cluster)
