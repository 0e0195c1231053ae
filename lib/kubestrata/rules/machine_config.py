"""Secrets in the machine configuration of Talos, by the fields that hold them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import Manifest, is_list, is_mapping, mapping
from kubestrata.core.secret_field import is_secret_kind, is_secret_name
from kubestrata.core.yaml_read import load_all
from kubestrata.rules.credentials import form_in_use
from kubestrata.rules.violation import Location

_REFERENCE = re.compile(
    r"\s*(?:\{\{.*\}\}|op://\S+|ref\+\S+|vault:\S+|ENC\[.*|\$\{[^}]+\}|\$[A-Z_]+|<[^>]+>)\s*"
)
_KEY_PAIRS = ("aggregatorCA", "ca", "clientIdentity", "serviceAccount")
_TOKEN = re.compile(r"[a-z0-9]{6}\.[a-z0-9]{16}")
_BUNDLE = ("certs", "cluster", "secrets", "trustdinfo")
"""Keys of the file that `talosctl gen secrets` writes."""
_LISTED = re.compile(r"environment\[\d+\]$")
_AUTH_KEY = re.compile(r"(?i)auth_?key$")
_MACHINE = frozenset(
    {
        "acceptedCAs",
        "baseRuntimeSpecOverrides",
        "ca",
        "certSANs",
        "controlPlane",
        "disks",
        "env",
        "features",
        "files",
        "install",
        "kernel",
        "kubelet",
        "logging",
        "network",
        "nodeAnnotations",
        "nodeLabels",
        "nodeTaints",
        "pods",
        "registries",
        "seccompProfiles",
        "sysctls",
        "sysfs",
        "systemDiskEncryption",
        "time",
        "token",
        "type",
        "udev",
    }
)
_CLUSTER = frozenset(
    {
        "acceptedCAs",
        "adminKubeconfig",
        "aescbcEncryptionSecret",
        "aggregatorCA",
        "allowSchedulingOnControlPlanes",
        "apiServer",
        "ca",
        "clusterName",
        "controlPlane",
        "controllerManager",
        "coreDNS",
        "discovery",
        "etcd",
        "externalCloudProvider",
        "extraManifestHeaders",
        "extraManifests",
        "id",
        "inlineManifests",
        "network",
        "proxy",
        "scheduler",
        "secret",
        "secretboxEncryptionSecret",
        "serviceAccount",
        "token",
    }
)
_SECRET_FIELDS = frozenset(
    {
        "aescbcEncryptionSecret",
        "apiToken",
        "bootstraptoken",
        "identityToken",
        "passphrase",
        "password",
        "presharedKey",
        "privateKey",
        "secret",
        "secretboxEncryptionSecret",
        "secretboxencryptionsecret",
        "token",
    }
)


class MachineDocument(Frozen):
    """A document of a machine configuration: a node gets it, no delivery applies it."""

    manifest: Manifest
    place: Location


def is_machine_document(manifest: Mapping[str, Any]) -> bool:
    """Return True for a machine configuration, a patch of one, or a bundle of its secrets."""
    if "kind" in manifest:
        # Objects of Kubernetes have metadata; these documents have none.
        version = manifest.get("apiVersion")
        return version == "v1alpha1" and "metadata" not in manifest
    if "apiVersion" in manifest:
        return False
    if all(is_mapping(manifest.get(each)) for each in _BUNDLE):
        return True
    parts = [(manifest.get("machine"), _MACHINE), (manifest.get("cluster"), _CLUSTER)]
    found = [(part, known) for part, known in parts if is_mapping(part) and part]
    return bool(found) and all(known.issuperset(part) for part, known in found)


def plain_secrets(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the path of each secret in plain text, and what it is."""
    if "sops" in manifest:
        return
    stack: list[tuple[str, object]] = [("", manifest)]
    while stack:
        path, value = stack.pop()
        if is_mapping(value):
            for key, part in value.items():
                stack.append((f"{path}.{key}" if path else str(key), part))
        elif is_list(value):
            stack += [(f"{path}[{index}]", each) for index, each in enumerate(value)]
        elif isinstance(value, str) and (what := _secret(path, value)):
            yield path, what


def _secret(path: str, value: str) -> str:
    """Return what secret a value is, '' for a reference or a value that is not secret."""
    if not value.strip() or _REFERENCE.fullmatch(value):
        return ""
    if what := form_in_use(value) or form_in_use(_decoded(value)):
        return what
    parts = path.split(".")
    name = parts[-1]
    if name in _SECRET_FIELDS or parts[-2:] == ["auth", "auth"]:
        return "a bootstrap token" if _TOKEN.fullmatch(value) else f"a {_words(name)}"
    if name == "key" and len(parts) > 1 and _is_key_pair(parts[-2], path):
        return "a private key"
    if name == "contents" and _has_secret(value):
        return "a Secret"
    if _LISTED.search(name) or parts[-2:-1] == ["env"]:
        return _variable(name, value)
    return ""


def _has_secret(text: str) -> bool:
    """Return True if an inline manifest has a Secret with a value that is not a reference."""
    if "kind: Secret" not in text:
        return False
    try:
        objects = [mapping(each) for each in load_all(text, "")]
    except YamlSyntaxError:
        return True
    secrets = [each for each in objects if is_secret_kind(each.get("apiVersion"), each.get("kind"))]
    values = [
        str(value)
        for each in secrets
        for field in ("data", "stringData")
        for value in mapping(each.get(field)).values()
    ]
    return any(not _REFERENCE.fullmatch(each) for each in values)


def _is_key_pair(owner: str, path: str) -> bool:
    return owner in _KEY_PAIRS or path.startswith(("certs.", "cluster.etcd."))


def _variable(name: str, value: str) -> str:
    """Return the name of an environment variable that holds a secret, '' if it does not."""
    listed = _LISTED.search(name) is not None
    key, _, text = value.partition("=") if listed else (name, "", value)
    is_secret = is_secret_name(key) or _AUTH_KEY.search(key) is not None
    return key if is_secret and text and not _REFERENCE.fullmatch(text) else ""


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _decoded(value: str) -> str:
    """Return the text of a value in base64, as certificates and keys are written."""
    if len(value) < len("LS0tLS1CRUdJTi") or not value.startswith("LS0t"):
        return ""
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode("ascii", "replace")
    except (binascii.Error, ValueError):
        return ""
