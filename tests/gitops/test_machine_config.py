"""Secrets in the machine configurations of a plain tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from tests.gitops.checking import told
from tests.gitops.repository import SYNC, config_map, repository

CONFIG = """version: v1alpha1
machine:
  type: controlplane
  token: TOKEN
  ca: {crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==, key: op://Prod/home/CA_KEY}
cluster: {secret: "{{ op://Prod/home/SECRET }}", clusterName: home}
"""
TOKEN = "328hom.uqjzh6jnn2eie9oi"
BUNDLE = """cluster: {id: bm8ta2V5, secret: SECRET}
secrets: {bootstraptoken: TOKEN, secretboxencryptionsecret: SECRET}
trustdinfo: {token: TOKEN}
certs: {etcd: {crt: Y2VydA==, key: SECRET}}
"""


def secrets(top: Path, text: str, path: str = "talos/cp-1.yaml") -> list[str]:
    """Return the findings about a file of a repository."""
    files = {"clusters/home/a.yaml": config_map("a"), path: text}
    (tree,) = from_folder(repository(top, files))
    return [line for line in told(tree) if line.startswith("X01")]


def test_a_bootstrap_token_in_plain_text_is_found(tmp_path: Path) -> None:
    text = CONFIG.replace("TOKEN\n", f"{TOKEN}\n", 1)
    line = "X01 File talos/cp-1.yaml: holds a bootstrap token in plain text"
    assert secrets(tmp_path, text) == [line]


@pytest.mark.parametrize(
    "token", ["op://Prod/home/TOKEN", "${TOKEN}", '"{{ op://Prod/home/TOKEN }}"', "ENC[AES256_GCM]"]
)
def test_a_reference_is_no_secret(tmp_path: Path, token: str) -> None:
    assert secrets(tmp_path, CONFIG.replace("TOKEN\n", f"{token}\n", 1)) == []


def test_a_patch_without_a_version_is_found(tmp_path: Path) -> None:
    patch = "cluster: {secretboxEncryptionSecret: c2VjcmV0}\n"
    line = "X01 File talos/cp-1.yaml: holds a secretbox encryption secret in plain text"
    assert secrets(tmp_path, patch) == [line]


def test_further_documents_of_a_file_are_read(tmp_path: Path) -> None:
    text = "apiVersion: v1alpha1\nkind: ExtensionServiceConfig\nname: tailscale\n"
    text += "environment: [TS_AUTHKEY=tskey-auth-k1, TS_EXTRA_ARGS=--accept-routes]\n"
    line = "X01 File talos/cp-1.yaml: holds TS_AUTHKEY in plain text"
    assert secrets(tmp_path, f"machine: {{type: worker}}\n---\n{text}") == [line]


def test_the_bundle_of_secrets_is_found_unless_it_is_encrypted(tmp_path: Path) -> None:
    text = BUNDLE.replace("TOKEN", TOKEN).replace("SECRET", "c2VjcmV0")
    found = secrets(tmp_path, text, "talos/secrets.yaml")
    kinds = {line.partition("holds ")[2].partition(" in")[0] for line in found}
    assert kinds == {
        "a bootstrap token",
        "a private key",
        "a secret",
        "a secretboxencryptionsecret",
    }
    sops = "sops: {mac: x, version: 3.9.0}\n"
    assert secrets(tmp_path, text + sops, "talos/secrets.yaml") == []


@pytest.mark.parametrize(
    "text",
    [
        f"machine: {{name: press, token: {TOKEN}}}\n",
        f"apiVersion: v1\nmachine: {{token: {TOKEN}}}\n",
        f"cluster: {{name: home, token: {TOKEN}}}\n",
    ],
)
def test_another_file_with_the_same_keys_is_not_read(tmp_path: Path, text: str) -> None:
    assert secrets(tmp_path, text) == []


def test_a_secret_is_reported_once_for_the_cluster_of_its_folder(tmp_path: Path) -> None:
    repository(tmp_path, {"clusters/home/a.yaml": config_map("a")})
    work = SYNC.replace("./clusters/home", "./clusters/work")
    for path, text in {
        "clusters/work/sync.yaml": work,
        "talos/work/cp-1.yaml": CONFIG.replace("TOKEN\n", f"{TOKEN}\n", 1),
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    trees = from_folder(tmp_path)
    assert {each.name: len(each.machines) for each in trees} == {"home": 0, "work": 1}
