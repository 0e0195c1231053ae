"""Verification of image signatures."""

from collections.abc import Sequence

from kubeapis import kyverno
from kubestrata import Cluster, Component


class VerifyImages(Component):
    """A ClusterPolicy that reports Pods with `images` that no GitHub workflow signed.

    It audits and rejects nothing. Pods of `excluded_namespaces` are skipped.
    """

    def __init__(
        self, scope: Cluster, *, images: Sequence[str], excluded_namespaces: Sequence[str]
    ) -> None:
        """`images` may contain `*`: `ghcr.io/fluxcd/*`."""
        super().__init__(scope, "verify-images", layer="security")
        self.policy = kyverno.ClusterPolicy(
            self,
            "verify-images",
            spec=kyverno.ClusterPolicySpec(
                background=True,
                # A slow registry must not block Pods.
                webhook_configuration=kyverno.ClusterPolicySpecWebhookConfiguration(
                    failure_policy="Ignore", timeout_seconds=30
                ),
                rules=[
                    kyverno.ClusterPolicySpecRules(
                        name="signed-by-github-workflow",
                        match=_resources(kinds=["Pod"]),
                        exclude=_resources(namespaces=excluded_namespaces),
                        verify_images=[_signed(images)],
                    )
                ],
            ),
        )


def _resources(
    *, kinds: Sequence[str] | None = None, namespaces: Sequence[str] | None = None
) -> kyverno.ClusterPolicySpecRulesMatch:
    resources = kyverno.ClusterPolicySpecRulesMatchResources(kinds=kinds, namespaces=namespaces)
    return kyverno.ClusterPolicySpecRulesMatch(
        any=[kyverno.ClusterPolicySpecRulesMatchAll(resources=resources)]
    )


_GITHUB_WORKFLOW = kyverno.ClusterPolicySpecRulesVerifyImagesAttestorsEntriesKeyless(
    issuer="https://token.actions.githubusercontent.com",
    subject="https://github.com/*",
    rekor=kyverno.ClusterPolicySpecRulesVerifyImagesAttestorsEntriesKeylessRekor(
        url="https://rekor.sigstore.dev"
    ),
)


def _signed(images: Sequence[str]) -> kyverno.ClusterPolicySpecRulesVerifyImages:
    return kyverno.ClusterPolicySpecRulesVerifyImages(
        type="Cosign",
        image_references=images,
        failure_action="Audit",
        # A rule in audit mode cannot mutate the Pod, so tags are not replaced by digests.
        mutate_digest=False,
        verify_digest=False,
        attestors=[
            kyverno.ClusterPolicySpecRulesVerifyImagesAttestors(
                count=1,
                entries=[
                    kyverno.ClusterPolicySpecRulesVerifyImagesAttestorsEntries(
                        keyless=_GITHUB_WORKFLOW
                    )
                ],
            )
        ],
    )
