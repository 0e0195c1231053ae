"""Who built the images that run here."""

from collections.abc import Sequence

from kubeapis import kyverno
from kubestrata import Cluster, Component


class VerifyImages(Component):
    """A ClusterPolicy that reports Pods whose ghcr.io images no GitHub workflow has signed.

    It audits: nothing is refused. Pods of `excluded_namespaces` are left out.
    """

    def __init__(self, scope: Cluster, *, excluded_namespaces: Sequence[str]) -> None:
        super().__init__(scope, "verify-images", layer="security")
        self.policy = kyverno.ClusterPolicy(
            self,
            "verify-images",
            spec=kyverno.ClusterPolicySpec(
                background=True,
                # A registry that does not answer in time must not stop a Pod.
                webhook_configuration=kyverno.ClusterPolicySpecWebhookConfiguration(
                    failure_policy="Ignore", timeout_seconds=30
                ),
                rules=[
                    kyverno.ClusterPolicySpecRules(
                        name="signed-by-github-workflow",
                        match=_resources(kinds=["Pod"]),
                        exclude=_resources(namespaces=excluded_namespaces),
                        verify_images=[_SIGNED],
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

_SIGNED = kyverno.ClusterPolicySpecRulesVerifyImages(
    type="Cosign",
    image_references=["ghcr.io/*"],
    failure_action="Audit",
    # An auditing rule may not change the Pod, so tags stay tags.
    mutate_digest=False,
    verify_digest=False,
    attestors=[
        kyverno.ClusterPolicySpecRulesVerifyImagesAttestors(
            count=1,
            entries=[
                kyverno.ClusterPolicySpecRulesVerifyImagesAttestorsEntries(keyless=_GITHUB_WORKFLOW)
            ],
        )
    ],
)
