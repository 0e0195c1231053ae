"""Crossplane packages: AWS providers with their credentials, and composition functions."""

from collections.abc import Mapping

from charts.infrastructure.crossplane import FUNCTION_PORT, PACKAGES
from kubeapis import crossplane, k8s, upbound_aws
from kubestrata import Cluster, Component, Duration, Image, Reconcile, Reference
from kubestrata.constructs import Endpoint, Flow, Pods
from kubestrata.constructs.cloud import (
    AwsAccount,
    CrossplaneFunction,
    CrossplaneProvider,
    ProviderConfig,
)
from kubestrata.constructs.platform_api import CompositionFunctions

_PACKAGES = "xpkg.crossplane.io/crossplane-contrib"
_VERSION = "v2.0.0"
_WEBHOOKS = 9443
_SERVICES = ("ec2", "eks", "iam", "kms", "s3")
_GROUP = "aws.m.upbound.io"
# The name that Crossplane gives the family as a dependency: under another one it would be installed
# twice, and block every package.
_FAMILY = "crossplane-contrib-provider-family-aws"
_AWS = {"app.kubernetes.io/name": "provider-aws"}
# OpenTofu gives this ServiceAccount its role, because no provider is running yet.
_SERVICE_ACCOUNT = "provider-aws"
# The user that Crossplane's default runtime settings have.
_USER = 2000


class CrossplaneProviders(Component):
    """AWS providers and their family, Functions, runtime settings, a ClusterProviderConfig.

    Provide the config to the cluster for its managed resources; `functions` are those of the
    composition pipelines. The settings named `default` apply to packages without their own, so that
    packages installed as dependencies are hardened too.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, controller: Pods) -> None:
        super().__init__(
            scope,
            "crossplane-providers",
            layer="infrastructure",
            namespace=namespace,
            # The provider images are large.
            reconcile=Reconcile(timeout=Duration("15m")),
        )
        crossplane.DeploymentRuntimeConfig(self, "default", spec=_runtime(PACKAGES, None))
        aws = crossplane.DeploymentRuntimeConfig(
            self, "provider-aws", spec=_runtime({**PACKAGES, **_AWS}, _SERVICE_ACCOUNT)
        )
        family = Image(f"{_PACKAGES}/provider-family-aws:{_VERSION}")
        CrossplaneProvider(self, _FAMILY, package=family, groups=[_GROUP])
        for service in _SERVICES:
            self._provider(f"provider-aws-{service}", [f"{service}.{_GROUP}"], aws)
        credentials = upbound_aws.ClusterProviderConfigSpecCredentials(source="PodIdentity")
        config = upbound_aws.ClusterProviderConfig(
            self,
            "credentials",
            metadata=k8s.ObjectMeta(name="default"),
            spec=upbound_aws.ClusterProviderConfigSpec(credentials=credentials),
        )
        scope.offer(ProviderConfig(config.ref))
        self.functions = CompositionFunctions(
            environment_configs=self._function("function-environment-configs", "v0.4.0"),
            kcl=self._function("function-kcl", "v0.12.0"),
            auto_ready=self._function("function-auto-ready", "v0.5.0"),
        )
        self._allow(scope, namespace.object_name, controller)

    def _provider(
        self, name: str, groups: list[str], runtime: crossplane.DeploymentRuntimeConfig
    ) -> None:
        package = Image(f"{_PACKAGES}/{name}:{_VERSION}")
        CrossplaneProvider(self, name, package=package, groups=groups, runtime=runtime)

    def _function(self, name: str, version: str) -> Reference:
        package = Image(f"{_PACKAGES}/{name}:{version}")
        return CrossplaneFunction(self, name, package=package).resource.ref

    def _allow(self, scope: Cluster, namespace: str, controller: Pods) -> None:
        packages = Endpoint(Pods("crossplane-packages", namespace, PACKAGES), (), self)
        packages.allow(
            Flow.to_kubernetes_api(),
            Flow.from_kubernetes_api(_WEBHOOKS),
            Flow.from_pods(controller, FUNCTION_PORT),
            policy="crossplane-packages",
        )
        provider = Endpoint(Pods("provider-aws", namespace, _AWS), (), self)
        hosts = scope.ask(AwsAccount).hosts("sts", *_SERVICES)
        provider.allow(Flow.to_pod_identity(), Flow.to_hosts(*hosts), policy="provider-aws")


def _runtime(
    labels: Mapping[str, str], service_account: str | None
) -> crossplane.DeploymentRuntimeConfigSpec:
    """Return runtime settings that satisfy the restricted Pod Security Standard."""
    template = crossplane.DeploymentRuntimeConfigSpecDeploymentTemplateSpecTemplate
    pod = crossplane.DeploymentRuntimeConfigSpecDeploymentTemplateSpecTemplateSpec
    named = crossplane.DeploymentRuntimeConfigSpecServiceTemplateMetadata
    account = None
    if service_account is not None:
        account = crossplane.DeploymentRuntimeConfigSpecServiceTemplate(
            metadata=named(name=service_account)
        )
    return crossplane.DeploymentRuntimeConfigSpec(
        service_account_template=account,
        deployment_template=crossplane.DeploymentRuntimeConfigSpecDeploymentTemplate(
            spec=crossplane.DeploymentRuntimeConfigSpecDeploymentTemplateSpec(
                selector=k8s.LabelSelector(),
                template=template(
                    metadata=crossplane.DeploymentRuntimeConfigSpecDeploymentTemplateSpecTemplateMetadata(
                        labels=labels
                    ),
                    spec=pod(
                        containers=[_container()],
                        security_context=k8s.PodSecurityContext(
                            run_as_non_root=True,
                            run_as_user=_USER,
                            run_as_group=_USER,
                            seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
                        ),
                    ),
                ),
            )
        ),
    )


def _container() -> (
    crossplane.DeploymentRuntimeConfigSpecDeploymentTemplateSpecTemplateSpecContainers
):
    return crossplane.DeploymentRuntimeConfigSpecDeploymentTemplateSpecTemplateSpecContainers(
        name="package-runtime",
        resources=k8s.ResourceRequirements(
            requests={"cpu": "25m", "memory": "128Mi"}, limits={"memory": "512Mi"}
        ),
        security_context=k8s.SecurityContext(
            run_as_non_root=True,
            allow_privilege_escalation=False,
            capabilities=k8s.Capabilities(drop=["ALL"]),
        ),
    )
