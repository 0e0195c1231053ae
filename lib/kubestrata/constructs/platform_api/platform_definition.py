"""Definition and composition of a kind of a platform's API."""

from __future__ import annotations

from typing import Any

from kubeapis import crossplane, k8s
from kubestrata.constructs.platform_api.claim import Claims, PlatformKind
from kubestrata.constructs.platform_api.declaration_schema import structural_schema
from kubestrata.core.cluster import component_of
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

_Step = crossplane.CompositionSpecPipeline


class CompositionFunctions(Frozen):
    """Functions of the composition pipelines: environment configs, KCL, readiness."""

    environment_configs: Reference
    kcl: Reference
    auto_ready: Reference


class PlatformDefinition(Construct):
    """The CompositeResourceDefinition of a kind, and the Composition that runs its program.

    The schema is generated from the declaration's type; the program reads the EnvironmentConfig
    `environment`. Claims wait for both objects.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        api: Claims,
        kind: PlatformKind,
        environment: Reference,
        functions: CompositionFunctions,
    ) -> None:
        super().__init__(scope, f"{id}-definition")
        name = f"{kind.plural}.{api.group}"
        self.resource = crossplane.v2.CompositeResourceDefinition(
            self,
            f"{name}-definition",
            metadata=k8s.ObjectMeta(name=name),
            spec=_definition(api, kind),
        )
        self.composition = crossplane.Composition(
            self,
            f"{name}-composition",
            metadata=k8s.ObjectMeta(name=name),
            spec=crossplane.CompositionSpec(
                composite_type_ref=crossplane.CompositionSpecCompositeTypeRef(
                    api_version=api.api_version, kind=kind.kind
                ),
                mode="Pipeline",
                pipeline=[
                    _step("environment", functions.environment_configs, _environment(environment)),
                    _step("objects", functions.kcl, _program(kind)),
                    _step("readiness", functions.auto_ready, None),
                ],
            ),
        )
        component_of(scope).provides([api.group])


def _definition(api: Claims, kind: PlatformKind) -> crossplane.v2.CompositeResourceDefinitionSpec:
    schema: dict[str, Any] = {
        "type": "object",
        "required": ["spec"],
        "properties": {"spec": structural_schema(kind.declaration)},
    }
    version = crossplane.v2.CompositeResourceDefinitionSpecVersions(
        name=api.version,
        served=True,
        referenceable=True,
        schema=crossplane.v2.CompositeResourceDefinitionSpecVersionsSchema(
            open_apiv3_schema=schema
        ),
    )
    return crossplane.v2.CompositeResourceDefinitionSpec(
        group=api.group,
        names=k8s.CustomResourceDefinitionNames(kind=kind.kind, plural=kind.plural),
        scope="Namespaced",
        versions=[version],
    )


def _step(name: str, function: Reference, given: dict[str, Any] | None) -> _Step:
    ref = crossplane.CompositionSpecPipelineFunctionRef(name=function.name)
    return _Step(step=name, function_ref=ref, input=given)


def _environment(environment: Reference) -> dict[str, Any]:
    return {
        "apiVersion": "environmentconfigs.fn.crossplane.io/v1beta1",
        "kind": "Input",
        "spec": {"environmentConfigs": [{"type": "Reference", "ref": {"name": environment.name}}]},
    }


def _program(kind: PlatformKind) -> dict[str, Any]:
    return {
        "apiVersion": "krm.kcl.dev/v1alpha1",
        "kind": "KCLInput",
        "metadata": {"name": kind.plural},
        "spec": {"source": kind.source},
    }
