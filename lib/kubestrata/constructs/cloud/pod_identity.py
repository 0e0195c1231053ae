"""AWS identities of pods, by EKS Pod Identity."""

from __future__ import annotations

from collections.abc import Sequence

from kubeapis import upbound_aws as aws
from kubestrata.constructs.cloud.managed import Managed
from kubestrata.constructs.cloud.pod_identity_spec import (
    PodIdentityProvider,
    PodIdentitySpec,
    ServiceAccountName,
)
from kubestrata.constructs.cloud.policy_document import PolicyDocument, trust
from kubestrata.constructs.cloud.statement import Statement
from kubestrata.core.argument import require
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.reference import Reference
from kubestrata.core.render import render
from kubestrata.core.resource import Resource
from kubestrata.core.tree import path_of

_SERVICE = "pods.eks.amazonaws.com"


class PodIdentity(Construct):
    """Role, Policy, RolePolicyAttachment and PodIdentityAssociation.

    A PodIdentityProvider of the cluster creates one object in their place. Pods get credentials
    only if they are created after the association: their component must wait for `ready`.
    Therefore a ServiceAccount passed as a reference makes no edge and may be created later.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        service_account: Reference | ServiceAccountName,
        statements: Sequence[Statement],
    ) -> None:
        super().__init__(scope, f"{id}-pod-identity")
        what = f"service_account of PodIdentity {id!r}"
        require(what, service_account, Reference, ServiceAccountName, fix="pass account.ref")
        if isinstance(service_account, Reference):
            _require_account(what, service_account)
            service_account = ServiceAccountName(
                name=service_account.object_name, namespace=service_account.object_namespace or ""
            )
        spec = PodIdentitySpec(service_account=service_account, statements=statements)
        document = PolicyDocument(statements)
        provider = component_of(scope).cluster.find(PodIdentityProvider)
        made = provider.make_pod_identity(self, id, spec) if provider is not None else None
        if made is None:
            render(spec, caller(path_of(self, id)), f"PodIdentity {id!r}")
            made = self._association(id, spec, document)
        self.resource: Resource = made

    @property
    def ready(self) -> Reference:
        """Return the object to wait for before pods are created."""
        return self.resource.ref

    def _association(
        self, id: str, spec: PodIdentitySpec, document: PolicyDocument
    ) -> aws.PodIdentityAssociation:
        managed = Managed(self, id)
        account, config = managed.account, managed.provider_config
        metadata = managed.metadata(managed.external_name)
        role = aws.Role(
            self,
            "role",
            metadata=metadata,
            spec=aws.RoleSpec(
                for_provider=aws.RoleSpecForProvider(assume_role_policy=trust(_SERVICE)),
                provider_config_ref=config,
            ),
        )
        policy = aws.Policy(
            self,
            "policy",
            metadata=metadata,
            spec=aws.PolicySpec(
                for_provider=aws.PolicySpecForProvider(policy=document.json),
                provider_config_ref=config,
            ),
        )
        aws.RolePolicyAttachment(
            self,
            "attachment",
            metadata=managed.metadata(),
            spec=aws.RolePolicyAttachmentSpec(
                for_provider=aws.RolePolicyAttachmentSpecForProvider(
                    role_ref=aws.ClusterSpecForProviderRoleArnRef(name=role.name),
                    policy_arn_ref=aws.ClusterSpecForProviderRoleArnRef(name=policy.name),
                ),
                provider_config_ref=config,
            ),
        )
        return aws.PodIdentityAssociation(
            self,
            "association",
            metadata=managed.metadata(),
            spec=aws.PodIdentityAssociationSpec(
                for_provider=aws.PodIdentityAssociationSpecForProvider(
                    region=account.region,
                    cluster_name=account.cluster_name,
                    namespace=spec.service_account.namespace,
                    service_account=spec.service_account.name,
                    role_arn_ref=aws.ClusterSpecForProviderRoleArnRef(name=role.name),
                ),
                provider_config_ref=config,
            ),
        )


def _require_account(what: str, made: Reference) -> None:
    if (made.group, made.kind) != ("", "ServiceAccount"):
        raise InvalidReference(what, f"is a {made.kind}", "pass a ServiceAccount")
