"""Runtime settings of Crossplane packages."""

from __future__ import annotations

from collections.abc import Mapping

from kubeapis import crossplane, k8s
from kubestrata.core.node import Construct
from kubestrata.core.value.quantity import Quantity

# The container to which Crossplane adds the package's image.
_NAME = "package-runtime"
# The user that Crossplane's default runtime settings have.
_USER = 2000


class PackageRuntime(Construct):
    """One DeploymentRuntimeConfig that satisfies the restricted Pod Security Standard.

    Pods of packages get `labels`, and the ServiceAccount of a name if one is given. The settings
    named `default` apply to packages without their own, so that packages installed as dependencies
    are hardened too.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        labels: Mapping[str, str],
        service_account: str | None = None,
        user: int = _USER,
        cpu: Quantity = Quantity("25m"),  # noqa: B008  # a frozen value
        memory: Quantity = Quantity("128Mi"),  # noqa: B008  # same
        memory_limit: Quantity = Quantity("512Mi"),  # noqa: B008  # same
    ) -> None:
        super().__init__(scope, f"{id}-runtime")
        resources = k8s.ResourceRequirements(
            requests={"cpu": cpu, "memory": memory}, limits={"memory": memory_limit}
        )
        self.resource = crossplane.DeploymentRuntimeConfig(
            self,
            id,
            spec=crossplane.DeploymentRuntimeConfigSpec(
                service_account_template=_account(service_account),
                deployment_template=_deployment(labels, user, resources),
            ),
        )


def _deployment(
    labels: Mapping[str, str], user: int, resources: k8s.ResourceRequirements
) -> crossplane.DeploymentRuntimeConfigSpecDeploymentTemplate:
    named = crossplane.DeploymentRuntimeConfigSpecDeploymentTemplateSpecTemplateMetadata
    pod = crossplane.DeploymentRuntimeConfigSpecDeploymentTemplateSpecTemplateSpec
    template = crossplane.DeploymentRuntimeConfigSpecDeploymentTemplateSpecTemplate(
        metadata=named(labels=labels),
        spec=pod(
            containers=[_container(resources)],
            security_context=k8s.PodSecurityContext(
                run_as_non_root=True,
                run_as_user=user,
                run_as_group=user,
                seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
            ),
        ),
    )
    spec = crossplane.DeploymentRuntimeConfigSpecDeploymentTemplateSpec(
        selector=k8s.LabelSelector(), template=template
    )
    return crossplane.DeploymentRuntimeConfigSpecDeploymentTemplate(spec=spec)


def _account(name: str | None) -> crossplane.DeploymentRuntimeConfigSpecServiceTemplate | None:
    if name is None:
        return None
    named = crossplane.DeploymentRuntimeConfigSpecServiceTemplateMetadata(name=name)
    return crossplane.DeploymentRuntimeConfigSpecServiceTemplate(metadata=named)


def _container(
    resources: k8s.ResourceRequirements,
) -> crossplane.DeploymentRuntimeConfigSpecDeploymentTemplateSpecTemplateSpecContainers:
    return crossplane.DeploymentRuntimeConfigSpecDeploymentTemplateSpecTemplateSpecContainers(
        name=_NAME,
        resources=resources,
        security_context=k8s.SecurityContext(
            run_as_non_root=True,
            allow_privilege_escalation=False,
            capabilities=k8s.Capabilities(drop=["ALL"]),
        ),
    )
