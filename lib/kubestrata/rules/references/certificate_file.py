"""R33: files with certificates that variables name are in a volume of the container."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.rule import Rule
from kubestrata.rules.violation import Severity
from kubestrata.rules.workload.pod import Pod, PodProblem, pod_rule

# Variables by which TLS clients find trusted certificates.
_VARIABLES = (
    "AWS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "NODE_EXTRA_CA_CERTS",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
    "VAULT_CACERT",
)
# Where images of distributions have their own certificates.
_OF_IMAGES = (
    "/etc/pki/",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/etc/ssl/certs/ca-bundle.crt",
    "/etc/ssl/certs/ca-certificates.crt",
    "/nix/",
    "/usr/",
)


def _check(pod: Pod) -> Iterator[PodProblem]:
    for container in pod.containers:
        for index, found in enumerate(sequence(container.body.get("env"))):
            entry = mapping(found)
            name, path = entry.get("name"), entry.get("value")
            if name not in _VARIABLES or not isinstance(path, str) or not path.startswith("/"):
                continue
            if path.startswith(_OF_IMAGES) or container.mounts_of(path):
                continue
            at = f"{container.path}.env[{index}].value"
            message = f"{name} names {path}, where no volume is mounted"
            yield PodProblem(at, message, "mount the certificates there")


RULES: tuple[Rule, ...] = (
    pod_rule(
        "R33",
        "files with certificates that variables name are in a volume",
        "the client finds no certificate, and every connection by TLS fails",
        _check,
        severity=Severity.WARNING,
    ),
)
