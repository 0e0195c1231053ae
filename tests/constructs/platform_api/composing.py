"""Compositions run as function-kcl runs them, and compared with what constructs make."""

from __future__ import annotations

import json
from typing import Any

import yaml
from kcl_lib import api  # type: ignore[import-untyped]  # it has no types

from kubestrata import Component
from kubestrata.constructs.platform_api import PlatformKind

ENVIRONMENT = "apiextensions.crossplane.io/environment"
_STEP = "krm.kcl.dev/composition-resource-name"


def composed(
    kind: PlatformKind, claim: dict[str, Any], environment: dict[str, Any]
) -> list[dict[str, Any]]:
    """The objects that the program of a kind makes of a claim.

    Source: function-kcl hands over the composite as `oxr`, the pipeline's context as `ctx`.
    """
    params = {"oxr": claim, "ctx": {ENVIRONMENT: environment}}
    given = api.Argument(name="params", value=json.dumps(params))
    arguments = api.ExecProgramArgs(
        k_filename_list=[f"{kind.plural}.k"], k_code_list=[kind.source], args=[given]
    )
    result = api.API().exec_program(arguments)
    assert not result.err_message, result.err_message
    made: list[dict[str, Any]] = yaml.safe_load(result.yaml_result)["items"]
    names = [item["metadata"]["annotations"][_STEP] for item in made]
    assert len(set(names)) == len(names), f"two resources of one name: {names}"
    return sorted((_without_step(item) for item in made), key=_identity)


def native(component: Component) -> list[dict[str, Any]]:
    """The objects of a component, its namespace's own left out."""
    own = ("Namespace",)
    return sorted(
        (item.manifest for item in component.rendered() if item.identity.kind not in own),
        key=_identity,
    )


def _identity(manifest: dict[str, Any]) -> tuple[str, str, str]:
    return manifest["apiVersion"], manifest["kind"], manifest["metadata"]["name"]


def _without_step(manifest: dict[str, Any]) -> dict[str, Any]:
    metadata = dict(manifest["metadata"])
    annotations = {key: text for key, text in metadata.pop("annotations").items() if key != _STEP}
    return {
        **manifest,
        "metadata": metadata | ({"annotations": annotations} if annotations else {}),
    }
