"""The frame of the cluster talos: its objects, their order, and its two environments."""

from __future__ import annotations

import hashlib
import ssl
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from charts.clusters.talos.cluster import talos
from charts.clusters.talos.environment import Environment
from kubestrata import Platform
from kubestrata.core.value.amount import quantity
from kubestrata.plan.cluster_diff import compare_clusters
from kubestrata.synth.synthesis import synthesize
from tests.charts.talos_tree import applied, before, delivered, entry

FLOOR = {
    ("bitnami.com/v1alpha1", "SealedSecret"): 3,
    ("cert-manager.io/v1", "Certificate"): 3,
    ("cert-manager.io/v1", "ClusterIssuer"): 3,
    ("cert-manager.io/v1", "Issuer"): 1,
    ("dns.cav.enablers.ob/v1alpha2", "ClusterRRset"): 2,
    ("dns.cav.enablers.ob/v1alpha2", "ClusterZone"): 1,
    ("external-secrets.io/v1beta1", "ClusterSecretStore"): 2,
    # Without an orphan of the original.
    ("external-secrets.io/v1beta1", "SecretStore"): 1,
    ("metallb.io/v1beta1", "IPAddressPool"): 3,
    ("metallb.io/v1beta1", "L2Advertisement"): 1,
    ("networking.k8s.io/v1", "Ingress"): 1,
    ("trust.cert-manager.io/v1alpha1", "Bundle"): 1,
    ("v1", "Namespace"): 22,
    ("vault.banzaicloud.com/v1alpha1", "Vault"): 1,
}
ORDER = {
    "address-pools": {"metallb"},
    "cert-manager-environment": {"cert-manager-webhook-powerdns", "powerdns-zones"},
    "cluster-ca": {"cert-manager", "trust-manager"},
    "external-dns": {"powerdns", "powerdns-zones", "reflector"},
    "ingress-nginx": {"address-pools"},
    "nix-cache-keys": {"sealed-secrets"},
    "powerdns": {"address-pools", "external-secrets", "proxmox-csi-plugin", "reflector"},
    "powerdns-operator": {"powerdns"},
    "powerdns-zones": {"powerdns-operator"},
    "proxmox-csi-plugin": {"sealed-secrets"},
    "secret-stores": {"external-secrets", "vault"},
    "vault": {"cluster-ca", "proxmox-csi-plugin", "vault-operator"},
    "vault-ingress": {"cert-manager-environment", "ingress-nginx", "vault"},
    "vault-token": {"external-secrets", "vault"},
}


def test_every_kind_of_the_core_is_delivered() -> None:
    counted = Counter((each["apiVersion"], each["kind"]) for each in applied().values())
    assert {kind: counted[kind] for kind in FLOOR if counted[kind] < FLOOR[kind]} == {}


@pytest.mark.parametrize("name", ORDER)
def test_the_order_follows_from_what_a_component_uses(name: str) -> None:
    assert ORDER[name] - before(name) == set()


def test_nothing_waits_for_the_applications() -> None:
    assert "vault" not in before("external-secrets")
    assert "secret-stores" not in before("powerdns")


def test_flux_substitutes_nothing_so_literals_pass() -> None:
    assert [
        name for name, each in entry("Kustomization").items() if "postBuild" in each["spec"]
    ] == []
    vault = applied()["Vault", "vault", "instance"]["spec"]["config"]
    assert vault["cluster_addr"] == "https://${.Env.POD_NAME}.vault.svc.cluster.local:8201"
    written = [each.content for each in delivered().files if each.path.endswith("-vault.yaml")]
    assert any(b"https://${.Env.POD_NAME}.vault.svc" in each for each in written)


def test_the_root_is_that_of_flux_bootstrap() -> None:
    source = entry("GitRepository")["flux-system"]["spec"]
    assert source["url"] == "ssh://git@github.com/agentydragon/cluster.git"
    assert (source["ref"], source["secretRef"]) == ({"branch": "main"}, {"name": "flux-system"})
    assert entry("Kustomization")["flux-system"]["spec"]["path"] == "./dist/talos/flux"


def test_generated_passwords_are_never_rotated() -> None:
    secrets = [each for (kind, *_), each in applied().items() if kind == "ExternalSecret"]
    made = [each for each in secrets if "dataFrom" in each["spec"]]
    assert {each["spec"]["refreshInterval"] for each in made} == {"0s"}
    assert all("refreshPolicy" not in each["spec"] for each in secrets)


def test_vault_is_the_store_and_is_verified_by_the_bundle() -> None:
    provider = applied()["ClusterSecretStore", "", "vault-backend"]["spec"]["provider"]["vault"]
    assert provider == {
        "auth": {
            "tokenSecretRef": {
                "key": "vault-root",
                "name": "instance-unseal-keys",
                "namespace": "vault",
            }
        },
        "caProvider": {
            "key": "ca-certificates.crt",
            "name": "cluster-internal-ca-bundle",
            "namespace": "vault",
            "type": "ConfigMap",
        },
        "path": "kv",
        "server": "https://instance.vault:8200",
        "version": "v2",
    }


def test_the_reader_of_the_root_token_may_read_one_secret() -> None:
    (rule,) = applied()["Role", "vault", "vault-secret-reader"]["rules"]
    assert list(rule["resourceNames"]) == ["instance-unseal-keys"]
    assert set(rule["verbs"]) == {"get", "list", "watch"}


def test_load_balancers_have_the_addresses_that_routers_know() -> None:
    pools = {
        name: each["spec"] for (kind, _, name), each in applied().items() if kind == "IPAddressPool"
    }
    assert pools == {
        "dns-pool": {"addresses": ["10.2.3.3-10.2.3.3"], "autoAssign": False},
        "ingress-pool": {"addresses": ["10.2.3.2-10.2.3.2"], "autoAssign": False},
        "services-pool": {"addresses": ["10.2.3.4-10.2.3.20"]},
    }
    dns = applied()["Service", "dns-system", "powerdns-dns"]
    assert dns["metadata"]["annotations"] == {
        "metallb.io/address-pool": "dns-pool",
        "metallb.io/loadBalancerIPs": "10.2.3.3",
    }


def test_one_certificate_owns_the_secret_of_the_ingress_of_vault() -> None:
    notes = applied()["Ingress", "vault", "vault"]["metadata"]["annotations"]
    assert not [key for key in notes if key.startswith("cert-manager.io/")]
    assert notes["nginx.ingress.kubernetes.io/backend-protocol"] == "HTTPS"
    certificate = applied()["Certificate", "vault", "vault-ingress-tls"]["spec"]
    assert certificate["secretName"] == "vault-ingress-tls"


def test_staging_trusts_the_root_whose_digest_is_known() -> None:
    (text,) = Environment.staging().trusted.values()
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(text)).hexdigest()
    assert (digest[:8], digest[-8:]) == ("e70570a9", "02912198")


def test_the_environments_differ_by_the_server_and_the_trusted_root() -> None:
    platform = Platform()
    talos(platform, name="staging")
    talos(platform, name="production", environment=Environment.production())
    one, other = (
        next(iter(synthesize(platform, only=name).clusters)) for name in ("staging", "production")
    )
    found = compare_clusters(one, other)
    assert {(each.change.path, tuple(each.objects)) for each in found.changes} == {
        ("spec.acme.server", ("ClusterIssuer.cert-manager.io letsencrypt-prod",)),
        ("spec.sources[1]", ("Bundle.trust.cert-manager.io cluster-internal-ca-bundle",)),
    }
    (extra,) = found.extra[0].values()
    assert (list(extra), found.extra[1]) == (
        ["ConfigMap cert-manager/letsencrypt-staging-root-ca"],
        {},
    )


def test_a_kustomization_waits_longer_than_its_releases() -> None:
    short = {
        name: (each["spec"]["timeout"], longest)
        for name, each in entry("Kustomization").items()
        if minutes(each["spec"]["timeout"]) <= (longest := slowest_release(name))
        # Authentik is the same component as on cloudlab.
        and longest
        and name != "authentik"
    }
    assert short == {}


def minutes(timeout: str) -> int:
    return int(timeout.removesuffix("m"))


def slowest_release(name: str) -> int:
    """Return the longest timeout that a HelmRelease of a component states, in minutes."""
    specs = [
        file.manifest["spec"]
        for unit in delivered().units
        if (unit.applied_by.manifest or {})["metadata"]["name"] == name
        for file in unit.files or ()
        if file.manifest and file.manifest["kind"] == "HelmRelease"
    ]
    return max((minutes(each["timeout"]) for each in specs if "timeout" in each), default=0)


@pytest.mark.parametrize(
    ("namespace", "name", "image"),
    [
        ("dns-system", "powerdns-mariadb", "mariadb"),
        ("nix-cache", "attic-postgresql", "postgresql"),
    ],
)
def test_databases_have_images_that_are_still_published(
    namespace: str, name: str, image: str
) -> None:
    values = applied()["HelmRelease", namespace, name]["spec"]["values"]
    assert values["image"] == {"repository": f"bitnamilegacy/{image}"}
    assert values["global"]["security"]["allowInsecureImages"] is True


def test_helm_makes_the_certificates_of_hubble_because_the_job_runs_after_the_wait() -> None:
    spec = applied()["HelmRelease", "kube-system", "cilium"]["spec"]
    assert "tls" not in spec["values"]["hubble"]


def test_volumes_of_a_pod_fit_into_the_limit_that_evicts_it() -> None:
    evicted = {
        name: (volumes, limits)
        for (kind, _, name), each in applied().items()
        if kind == "Deployment"
        for volumes, limits in [ephemeral(each["spec"]["template"]["spec"])]
        if volumes > limits
    }
    assert evicted == {}


def ephemeral(pod: dict[str, Any]) -> tuple[float, float]:
    """Return the sizes of the empty volumes, and the limits of the containers, in bytes."""
    sizes = [each["emptyDir"]["sizeLimit"] for each in pod.get("volumes", ()) if "emptyDir" in each]
    limits = [each["resources"]["limits"]["ephemeral-storage"] for each in pod["containers"]]
    volumes, total = (sum(map(quantity, each)) for each in (sizes, limits))
    return float(volumes), float(total)


def test_the_page_of_the_bootstrap_begins_with_what_is_missing() -> None:
    text = page()
    commands = ("to-be-pinned", "kubeseal", "gen secrets", "TS_AUTHKEY", "apply-config", "/readyz")
    places = [text.index(each) for each in commands]
    assert places == sorted(places)


def page() -> str:
    folder = Path(__file__).parents[2] / "dist" / "talos"
    return (folder / "bootstrap" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("node", ["controlplane0", "worker0"])
def test_nodes_run_the_version_of_kubernetes_that_the_cluster_states(node: str) -> None:
    path = Path(__file__).parents[2] / "dist" / "talos" / "talos" / f"{node}.yaml"
    (config, *_) = yaml.safe_load_all(path.read_text(encoding="utf-8"))
    parts = [config["machine"]["kubelet"]]
    if node.startswith("controlplane"):
        names = ("apiServer", "controllerManager", "scheduler")
        parts += [config["cluster"][each] for each in names]
    assert {each["image"].rpartition(":")[2] for each in parts} == {"v1.32.1"}
