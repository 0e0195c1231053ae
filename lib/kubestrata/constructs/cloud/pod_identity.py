"""AWS identities of pods, by EKS Pod Identity."""

from __future__ import annotations

from collections.abc import Sequence

from kubeapis import k8s
from kubeapis import upbound_aws as aws
from kubestrata.constructs.cloud.managed import Managed
from kubestrata.constructs.cloud.pod_identity_spec import (
    AttachedPolicy,
    EksCluster,
    ManagementPolicy,
    PodIdentityProvider,
    PodIdentitySpec,
    ProviderConfigName,
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

    There is one association for each of `clusters`, by default the cluster's own, and one more
    attachment for each of `additional_policies`. `management_policies` limit what Crossplane does
    with all of them; `provider_config` has their credentials, by default the cluster's
    ProviderConfig.

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
        clusters: Sequence[EksCluster] = (),
        additional_policies: Sequence[AttachedPolicy] = (),
        management_policies: Sequence[ManagementPolicy] = (),
        provider_config: ProviderConfigName | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-pod-identity")
        what = f"service_account of PodIdentity {id!r}"
        require(what, service_account, Reference, ServiceAccountName, fix="pass account.ref")
        if isinstance(service_account, Reference):
            _require_account(what, service_account)
            service_account = ServiceAccountName(
                name=service_account.object_name, namespace=service_account.object_namespace or ""
            )
        spec = PodIdentitySpec(
            service_account=service_account,
            statements=statements,
            clusters=clusters,
            additional_policies=additional_policies,
            management_policies=management_policies,
            provider_config=provider_config,
        )
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
        made = _Parts(self, id, spec)
        role = made.role()
        made.attach(role, made.policy(document))
        for each in spec.additional_policies:
            made.attach_existing(role, each)
        account = made.managed.account
        if not spec.clusters:
            return made.associate(role, account.cluster_name, account.region)
        associations = [
            made.associate(role, each.name, each.region, suffix=each.suffix)
            for each in spec.clusters
        ]
        return associations[0]


class _Parts:
    """The managed resources of one identity."""

    def __init__(self, scope: Construct, id: str, spec: PodIdentitySpec) -> None:
        self.managed = Managed(scope, id)
        self._scope, self._spec = scope, spec
        self._policies = spec.management_policies or None
        given = spec.provider_config
        self._config = (
            aws.KeySpecProviderConfigRef(kind=given.kind, name=given.name)
            if given is not None
            else self.managed.provider_config
        )

    def role(self) -> aws.Role:
        return aws.Role(
            self._scope,
            "role",
            metadata=self.managed.metadata(self.managed.external_name),
            spec=aws.RoleSpec(
                for_provider=aws.RoleSpecForProvider(assume_role_policy=trust(_SERVICE)),
                management_policies=self._policies,
                provider_config_ref=self._config,
            ),
        )

    def policy(self, document: PolicyDocument) -> aws.Policy:
        return aws.Policy(
            self._scope,
            "policy",
            metadata=self.managed.metadata(self.managed.external_name),
            spec=aws.PolicySpec(
                for_provider=aws.PolicySpecForProvider(policy=document.json),
                management_policies=self._policies,
                provider_config_ref=self._config,
            ),
        )

    def attach(self, role: aws.Role, policy: aws.Policy) -> None:
        attached = aws.RolePolicyAttachmentSpecForProvider(
            role_ref=aws.ClusterSpecForProviderRoleArnRef(name=role.name),
            policy_arn_ref=aws.ClusterSpecForProviderRoleArnRef(name=policy.name),
        )
        self._attachment("attachment", self.managed.metadata(), attached)

    def attach_existing(self, role: aws.Role, policy: AttachedPolicy) -> None:
        attached = aws.RolePolicyAttachmentSpecForProvider(
            role_ref=aws.ClusterSpecForProviderRoleArnRef(name=role.name), policy_arn=policy.arn
        )
        metadata = self._named(policy.name)
        self._attachment(f"attachment-{policy.name}", metadata, attached)

    def _attachment(
        self,
        id: str,
        metadata: k8s.ObjectMeta,
        attached: aws.RolePolicyAttachmentSpecForProvider,
    ) -> None:
        aws.RolePolicyAttachment(
            self._scope,
            id,
            metadata=metadata,
            spec=aws.RolePolicyAttachmentSpec(
                for_provider=attached,
                management_policies=self._policies,
                provider_config_ref=self._config,
            ),
        )

    def associate(
        self, role: aws.Role, cluster: str, region: str, *, suffix: str | None = None
    ) -> aws.PodIdentityAssociation:
        account = self._spec.service_account
        return aws.PodIdentityAssociation(
            self._scope,
            "association" if suffix is None else f"association-{suffix}",
            metadata=self.managed.metadata() if suffix is None else self._named(suffix),
            spec=aws.PodIdentityAssociationSpec(
                for_provider=aws.PodIdentityAssociationSpecForProvider(
                    region=region,
                    cluster_name=cluster,
                    namespace=account.namespace,
                    service_account=account.name,
                    role_arn_ref=aws.ClusterSpecForProviderRoleArnRef(name=role.name),
                ),
                management_policies=self._policies,
                provider_config_ref=self._config,
            ),
        )

    def _named(self, suffix: str) -> k8s.ObjectMeta:
        return k8s.ObjectMeta(name=f"{self.managed.name}-{suffix}")


def _require_account(what: str, made: Reference) -> None:
    if (made.group, made.kind) != ("", "ServiceAccount"):
        raise InvalidReference(what, f"is a {made.kind}", "pass a ServiceAccount")
