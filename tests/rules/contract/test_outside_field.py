"""Every sort of need outside of the cluster is found in the fields of objects."""

from __future__ import annotations

from typing import get_args

import pytest

from kubestrata.knowledge import OutsideSort, knowledge
from kubestrata.rules.contract.sort import SORTS
from tests.rules.contract.world import contract, tree_of

CASES = {
    "an image of a pod": (
        "image",
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop}
        spec:
          template:
            spec:
              initContainers: [{name: first, image: busybox}]
              containers:
                - {name: web, image: "registry.example.com:5000/shop/web:1.2"}
        """,
        [
            "busybox: Deployment spec.template.spec.initContainers[0].image",
            (
                "registry.example.com:5000/shop/web [1.2]: "
                "Deployment spec.template.spec.containers[0].image"
            ),
        ],
    ),
    "an image of a custom resource": (
        "image",
        """
        apiVersion: cloud.example.com/v1
        kind: App
        metadata: {name: web, namespace: shop}
        spec: {image: ghcr.io/example/web:1.2, icon: {image: "https://example.com/a.png"}}
        """,
        ["ghcr.io/example/web [1.2]: App spec.image"],
    ),
    "an image in values": (
        "image",
        """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: web, namespace: shop}
        spec:
          values:
            image: {registry: quay.io, repository: shop/web, tag: "1.2"}
            sidecar: {image: {repository: shop/side, tag: "${TAG}"}}
            none: {image: {pullPolicy: Always}}
        """,
        [
            "quay.io/shop/web [1.2]: HelmRelease spec.values.image",
            "shop/side [${TAG}]: HelmRelease spec.values.sidecar.image",
        ],
    ),
    "a package of Crossplane": (
        "image",
        """
        apiVersion: pkg.crossplane.io/v1
        kind: Function
        metadata: {name: kcl}
        spec: {package: "xpkg.example.com/function-kcl:v0.12.0"}
        """,
        ["xpkg.example.com/function-kcl [v0.12.0]: Function spec.package"],
    ),
    "a role in an annotation": (
        "identity",
        """
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: web
          namespace: shop
          annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::123456789012:role/web"}
        """,
        [
            (
                "arn:aws:iam::123456789012:role/web: "
                "ServiceAccount metadata.annotations.eks.amazonaws.com/role-arn"
            )
        ],
    ),
    "a role in values": (
        "identity",
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: web, namespace: argocd}
        spec:
          source:
            repoURL: https://charts.example.com
            chart: web
            targetRevision: 1.0.0
            helm:
              valuesObject:
                serviceAccount:
                  annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::1:role/web"}
        """,
        [
            (
                "arn:aws:iam::1:role/web: Application spec.source.helm.valuesObject"
                ".serviceAccount.annotations.eks.amazonaws.com/role-arn"
            )
        ],
    ),
    "a role of the tree is no need": (
        "identity",
        """
        apiVersion: iam.aws.m.upbound.io/v1beta1
        kind: Role
        metadata: {name: xplane-web, namespace: shop}
        spec: {}
        ---
        apiVersion: iam.aws.m.upbound.io/v1beta1
        kind: RolePolicyAttachment
        metadata: {name: web, namespace: shop}
        spec: {forProvider: {role: xplane-web}}
        ---
        apiVersion: eks.aws.m.upbound.io/v1beta1
        kind: PodIdentityAssociation
        metadata: {name: web, namespace: shop}
        spec: {forProvider: {roleArn: "arn:aws:iam::1:role/xplane-web"}}
        ---
        apiVersion: eks.aws.m.upbound.io/v1beta1
        kind: PodIdentityAssociation
        metadata: {name: other, namespace: shop}
        spec: {forProvider: {roleArn: "arn:aws:iam::1:role/other"}}
        """,
        ["arn:aws:iam::1:role/other: PodIdentityAssociation spec.forProvider.roleArn"],
    ),
    "a policy": (
        "policy",
        """
        apiVersion: iam.aws.m.upbound.io/v1beta1
        kind: UserPolicyAttachment
        metadata: {name: web, namespace: shop}
        spec: {forProvider: {policyArn: "arn:aws:iam::1:policy/buckets"}}
        """,
        ["arn:aws:iam::1:policy/buckets: UserPolicyAttachment spec.forProvider.policyArn"],
    ),
    "the tags of selectors": (
        "resource-tag",
        """
        apiVersion: karpenter.k8s.aws/v1
        kind: EC2NodeClass
        metadata: {name: default}
        spec:
          subnetSelectorTerms: [{tags: {karpenter.sh/discovery: home}}]
          securityGroupSelectorTerms: [{tags: {karpenter.sh/discovery: home, tier: "1"}}]
          tags: {owner: shop}
        """,
        [
            (
                "karpenter.sh/discovery=home: "
                "EC2NodeClass spec.securityGroupSelectorTerms[0].tags.karpenter.sh/discovery, "
                "EC2NodeClass spec.subnetSelectorTerms[0].tags.karpenter.sh/discovery"
            ),
            "tier=1: EC2NodeClass spec.securityGroupSelectorTerms[0].tags.tier",
        ],
    ),
    "the tags of a scrape configuration": (
        "resource-tag",
        """
        apiVersion: monitoring.coreos.com/v1alpha1
        kind: ScrapeConfig
        metadata: {name: hosts, namespace: shop}
        spec:
          ec2SDConfigs:
            - filters:
                - {name: "tag:scrape:nodes", values: ["true"]}
                - {name: instance-state-name, values: [running]}
        """,
        ["scrape:nodes [true]: ScrapeConfig spec.ec2SDConfigs[0].filters[0].name"],
    ),
    "a cloud resource": (
        "cloud-resource",
        """
        apiVersion: karpenter.k8s.aws/v1
        kind: EC2NodeClass
        metadata: {name: default}
        spec: {subnetSelectorTerms: [{id: subnet-1}]}
        ---
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: karpenter, namespace: karpenter}
        spec:
          chart: {spec: {chart: karpenter, sourceRef: {kind: HelmRepository, name: one}}}
          values: {settings: {interruptionQueue: queue}}
        ---
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: other, namespace: karpenter}
        spec:
          chart: {spec: {chart: other, sourceRef: {kind: HelmRepository, name: one}}}
          values: {settings: {interruptionQueue: another}}
        """,
        [
            "queue: HelmRelease spec.values.settings.interruptionQueue",
            "subnet-1: EC2NodeClass spec.subnetSelectorTerms[0].id",
        ],
    ),
    "a bucket of a database": (
        "bucket",
        """
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: {name: db, namespace: shop}
        spec:
          backup:
            barmanObjectStore:
              destinationPath: s3://backups/db
              endpointURL: https://s3.example.com
        """,
        [
            (
                "backups of https://s3.example.com: "
                "Cluster spec.backup.barmanObjectStore.destinationPath"
            )
        ],
    ),
    "a bucket of the tree is no need": (
        "bucket",
        """
        apiVersion: s3.aws.m.upbound.io/v1beta1
        kind: Bucket
        metadata:
          name: backups
          namespace: shop
          annotations: {crossplane.io/external-name: example-backups}
        spec: {}
        ---
        apiVersion: barmancloud.cnpg.io/v1
        kind: ObjectStore
        metadata: {name: store, namespace: shop}
        spec: {configuration: {destinationPath: "s3://example-backups/db"}}
        ---
        apiVersion: barmancloud.cnpg.io/v1
        kind: ObjectStore
        metadata: {name: other, namespace: shop}
        spec: {configuration: {destinationPath: "s3://other"}}
        """,
        ["other: ObjectStore spec.configuration.destinationPath"],
    ),
    "DNS zones": (
        "dns-zone",
        """
        apiVersion: cert-manager.io/v1
        kind: ClusterIssuer
        metadata: {name: public}
        spec: {acme: {solvers: [{selector: {dnsZones: [example.com]}}]}}
        """,
        ["example.com: ClusterIssuer spec.acme.solvers[0].selector.dnsZones[0]"],
    ),
    "host names": (
        "host",
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: web, namespace: shop}
        spec: {hostnames: [web.example.com, "web.shop.svc.cluster.local"]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web, namespace: shop}
        spec: {rules: [{host: "old.${DOMAIN}"}]}
        ---
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: web, namespace: shop}
        spec:
          values:
            ingress: {hosts: [{host: chart.example.com}]}
            database: {host: db.example.com}
        """,
        [
            "chart.example.com: HelmRelease spec.values.ingress.hosts[0].host",
            "old.${DOMAIN}: Ingress spec.rules[0].host",
            "web.example.com: HTTPRoute spec.hostnames[0]",
        ],
    ),
    "an OIDC client": (
        "oidc-client",
        """
        apiVersion: gateway.envoyproxy.io/v1alpha1
        kind: SecurityPolicy
        metadata: {name: web, namespace: shop}
        spec: {oidc: {clientID: web, provider: {issuer: "https://id.example.com"}}}
        ---
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: ui, namespace: shop}
        spec: {values: {config: {oidc: {clientID: ui}}, kafka: {clientId: shop}}}
        """,
        [
            "ui: HelmRelease spec.values.config.oidc.clientID",
            "web of https://id.example.com: SecurityPolicy spec.oidc.clientID",
        ],
    ),
    "an OIDC issuer": (
        "oidc-issuer",
        """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: ui, namespace: shop}
        spec: {values: {config: {oidc: {issuerURL: "https://id.example.com"}}}}
        """,
        ["https://id.example.com: HelmRelease spec.values.config.oidc.issuerURL"],
    ),
    "a server": (
        "service-url",
        """
        apiVersion: external-secrets.io/v1
        kind: ClusterSecretStore
        metadata: {name: vault}
        spec: {provider: {vault: {server: "https://name:word@vault.example.com:8200"}}}
        ---
        apiVersion: external-secrets.io/v1
        kind: ClusterSecretStore
        metadata: {name: inside}
        spec: {provider: {vault: {server: "http://vault.vault.svc:8200"}}}
        """,
        ["https://vault.example.com:8200: ClusterSecretStore spec.provider.vault.server"],
    ),
    "NFS exports": (
        "nfs-export",
        """
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: media}
        spec: {nfs: {server: nas.example.com, path: /media}}
        ---
        apiVersion: batch/v1
        kind: Job
        metadata: {name: web, namespace: shop}
        spec:
          template: {spec: {volumes: [{name: a, nfs: {server: nas.example.com, path: /a}}]}}
        ---
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: web, namespace: shop}
        spec:
          values: {persistence: {media: {type: nfs, server: nas.example.com, path: /b}}}
        """,
        [
            (
                "nas.example.com [/a /b /media]: PersistentVolume spec.nfs.server, "
                "Job spec.template.spec.volumes[0].nfs.server, "
                "HelmRelease spec.values.persistence.media.server"
            )
        ],
    ),
    "a Git repository": (
        "git-repository",
        """
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: {name: apps, namespace: flux-system}
        spec: {url: "https://git.example.com/apps", ref: {tag: v1}}
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: web, namespace: argocd}
        spec: {sources: [{repoURL: "https://git.example.com/web", targetRevision: main}]}
        """,
        [
            "https://git.example.com/apps [v1]: GitRepository spec.url",
            "https://git.example.com/web [main]: Application spec.sources[0].repoURL",
        ],
    ),
    "charts": (
        "helm-repository",
        """
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: HelmRepository
        metadata: {name: example, namespace: flux-system}
        spec: {url: "https://charts.example.com"}
        ---
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: web, namespace: shop}
        spec:
          chart:
            spec:
              chart: web
              version: 1.2.3
              sourceRef: {kind: HelmRepository, name: example, namespace: flux-system}
        """,
        [
            (
                "https://charts.example.com [web 1.2.3]: HelmRepository spec.url, "
                "HelmRelease spec.chart.spec.chart"
            )
        ],
    ),
    "an OCI artifact": (
        "oci-artifact",
        """
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: OCIRepository
        metadata: {name: web, namespace: shop}
        spec: {url: "oci://ghcr.io/example/web", ref: {tag: 1.2.3}}
        """,
        ["oci://ghcr.io/example/web [1.2.3]: OCIRepository spec.url"],
    ),
}


@pytest.mark.parametrize(("sort", "text", "expected"), CASES.values(), ids=list(CASES))
def test_a_need_is_found_in_its_field(sort: str, text: str, expected: list[str]) -> None:
    assert contract(tree_of(text), sort) == expected


def test_every_sort_of_the_knowledge_files_is_listed() -> None:
    assert {each.sort for each in knowledge().outside} == set(get_args(OutsideSort))
    assert set(get_args(OutsideSort)) <= set(SORTS)


def test_definitions_of_kinds_and_encrypted_objects_need_nothing() -> None:
    text = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: webs.example.com}
        spec: {image: ghcr.io/example/web:1}
        """
    assert contract(tree_of(text), *SORTS) == []
