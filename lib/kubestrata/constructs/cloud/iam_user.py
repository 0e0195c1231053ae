"""IAM users, for programs that support only access keys."""

from __future__ import annotations

from collections.abc import Sequence

from kubeapis import upbound_aws as aws
from kubestrata.constructs.cloud.managed import Managed
from kubestrata.constructs.cloud.policy_document import PolicyDocument
from kubestrata.constructs.cloud.statement import Statement
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core.names import check_object_name
from kubestrata.core.node import Construct

# Keys of the Secret of an access key (source: provider-upjet-aws, aws_iam_access_key).
ACCESS_KEY_ID, SECRET_ACCESS_KEY = "username", "password"


class IamUser(Construct):
    """User, Policy, UserPolicyAttachment and AccessKey; the key is in the Secret named `secret`.

    Use PodIdentity for pods; this is for programs that do not support it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        statements: Sequence[Statement],
        secret: str,
        policy: str | None = None,
    ) -> None:
        """`policy` is the id of the Policy, by default that of the user."""
        super().__init__(scope, f"{id}-user")
        check_object_name("", "Secret", secret)
        document = PolicyDocument(statements)
        self._managed = managed = Managed(self, id)
        self.resource = aws.User(
            self,
            id,
            metadata=managed.metadata(managed.external_name),
            spec=aws.UserSpec(
                for_provider=aws.UserSpecForProvider(), provider_config_ref=managed.provider_config
            ),
        )
        allowed = Managed(self, policy or id)
        self.policy = aws.Policy(
            self,
            f"{id}-policy",
            metadata=allowed.metadata(allowed.external_name),
            spec=aws.PolicySpec(
                for_provider=aws.PolicySpecForProvider(policy=document.json),
                provider_config_ref=managed.provider_config,
            ),
        )
        self.attachment = self._attachment()
        self.access_key = self._access_key(secret)
        made = self.access_key.ref.makes("Secret", secret)
        self.credentials = SecretReference(made, frozenset({ACCESS_KEY_ID, SECRET_ACCESS_KEY}))

    def _attachment(self) -> aws.UserPolicyAttachment:
        return aws.UserPolicyAttachment(
            self,
            "userpolicyattachment",
            metadata=self._managed.metadata(),
            spec=aws.UserPolicyAttachmentSpec(
                for_provider=aws.UserPolicyAttachmentSpecForProvider(
                    user_ref=aws.UserPolicyAttachmentSpecForProviderUserRef(
                        name=self.resource.name
                    ),
                    policy_arn_ref=aws.UserPolicyAttachmentSpecForProviderPolicyArnRef(
                        name=self.policy.name
                    ),
                ),
                provider_config_ref=self._managed.provider_config,
            ),
        )

    def _access_key(self, secret: str) -> aws.AccessKey:
        return aws.AccessKey(
            self,
            "accesskey",
            metadata=self._managed.metadata(),
            spec=aws.AccessKeySpec(
                for_provider=aws.AccessKeySpecForProvider(
                    user_ref=aws.AccessKeySpecForProviderUserRef(name=self.resource.name)
                ),
                provider_config_ref=self._managed.provider_config,
                write_connection_secret_to_ref=aws.AccessKeySpecWriteConnectionSecretToRef(
                    name=secret
                ),
            ),
        )
