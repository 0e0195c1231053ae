"""The same small chart of twenty kinds, written for either side's bindings.

`{s}` stands for what the names of a kind's structs begin with (`gateway.HTTPRoute`), `{meta}` for
metadata of a custom kind, and `{e:GitRepository}` for a value of an enum.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """A kind that the chart creates, and its file in the mirror (none for Kubernetes)."""

    kind: str
    arguments: str
    file: str = ""
    module: str = ""
    enum: str = ""
    theirs: str = ""

    @property
    def package(self) -> str:
        """The kubeapis package: that of the project."""
        return self.file.partition("/")[0].replace("-", "_") or "k8s"


_POD = (
    "k8s.PodTemplateSpec(spec=k8s.PodSpec(containers=[k8s.Container(name='web', image='web:1')]))"
)
_SELECTOR = "k8s.LabelSelector(match_labels={'app': 'web'})"
USES = (
    Use("ConfigMap", "data={'level': 'info'}"),
    Use("Secret", "string_data={'token': 'none'}"),
    Use("ServiceAccount", "automount_service_account_token=False"),
    Use("Namespace", "metadata=k8s.ObjectMeta(name='web')"),
    Use("Service", "spec={s}Spec(selector={'app': 'web'}, ports=[k8s.ServicePort(port=80)])"),
    Use("Deployment", f"spec={{s}}Spec(selector={_SELECTOR}, template={_POD})"),
    Use("DaemonSet", f"spec={{s}}Spec(selector={_SELECTOR}, template={_POD})"),
    Use("Job", f"spec={{s}}Spec(template={_POD})"),
    Use("NetworkPolicy", f"spec={{s}}Spec(pod_selector={_SELECTOR})"),
    Use("PodDisruptionBudget", f"spec={{s}}Spec(selector={_SELECTOR})"),
    Use(
        "Certificate",
        "spec={s}Spec(secret_name='web', issuer_ref={s}SpecIssuerRef(name='ca'))",
        "cert-manager/cert-manager.io_certificates.yaml",
        "io.cert_manager",
    ),
    Use(
        "HTTPRoute",
        "spec={s}Spec(hostnames=['web.example.com'])",
        "gateway-api-standard/gateway.networking.k8s.io_httproutes.yaml",
        "io.k8s.networking.gateway",
        theirs="HttpRoute",
    ),
    Use(
        "GitRepository",
        "spec={s}Spec(interval='1m', url='https://example.com/web.git')",
        "flux/source.toolkit.fluxcd.io_gitrepositories.yaml",
        "io.fluxcd.toolkit.source",
    ),
    Use(
        "Kustomization",
        "spec={s}Spec(interval='1m', prune=True, "
        "source_ref={s}SpecSourceRef(kind={e:GitRepository}, name='web'))",
        "flux/kustomize.toolkit.fluxcd.io_kustomizations.yaml",
        "io.fluxcd.toolkit.kustomize",
        enum="SpecSourceRefKind",
    ),
    Use(
        "ExternalSecret",
        "spec={s}Spec(refresh_interval='1h')",
        "external-secrets/external-secrets.io_externalsecrets.yaml",
        "io.external_secrets",
    ),
    Use(
        "ScaledObject",
        "spec={s}Spec(scale_target_ref={s}SpecScaleTargetRef(name='web'), "
        "triggers=[{s}SpecTriggers(type='cpu', metadata={'value': '60'})])",
        "keda/keda.sh_scaledobjects.yaml",
        "sh.keda",
    ),
    Use(
        "ScheduledBackup",
        "metadata={meta}, spec={s}Spec(schedule='@daily', cluster={s}SpecCluster(name='web'))",
        "cloudnative-pg/postgresql.cnpg.io_scheduledbackups.yaml",
        "io.cnpg.postgresql",
    ),
    Use(
        "Middleware",
        "metadata={meta}, spec={s}Spec(strip_prefix={s}SpecStripPrefix(prefixes=['/web']))",
        "traefik/traefik.io_middlewares.yaml",
        "io.traefik",
    ),
    Use(
        "IPAddressPool",
        "spec={s}Spec(addresses=['192.0.2.0/24'])",
        "metallb/metallb.io_ipaddresspools.yaml",
        "io.metallb",
        theirs="IpAddressPool",
    ),
    Use(
        "AppProject",
        "metadata={meta}, spec={s}Spec(description='web')",
        "argo-cd/argoproj.io_appprojects.yaml",
        "io.argoproj",
    ),
)


def _object(number: int, use: Use, *, ours: bool) -> str:
    module = use.package if use.package == "k8s" or ours else f"m{number}"
    name = use.kind if ours else use.theirs or use.kind
    made = f"Kube{name}" if not ours and use.package == "k8s" else name

    def choice(match: re.Match[str]) -> str:
        if ours:
            return repr(match[1])
        member = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", match[1]).upper()
        return f"{module}.{name}{use.enum}.{member}"

    arguments = re.sub(r"\{e:(\w+)\}", choice, use.arguments)
    metadata = "k8s.ObjectMeta" if ours else "cdk8s.ApiObjectMetadata"
    arguments = arguments.replace("{meta}", f"{metadata}(name='web')")
    arguments = arguments.replace("{s}", f"{module}.{name}")
    return f"        {module}.{made}(self, 'part-{number}', {arguments})"


_OURS = """from kubestrata import Cluster, Component


class Web(Component):
    def __init__(self, scope: Cluster) -> None:
        super().__init__(scope, 'web', layer='apps')
"""
_THEIRS = """import cdk8s
from constructs import Construct


class Web(cdk8s.Chart):
    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, 'web')
"""


def _imports(*, ours: bool) -> list[str]:
    if ours:
        return [f"from kubeapis import {', '.join(sorted({use.package for use in USES}))}"]
    lines = ["from imports import k8s"]
    for number, use in enumerate(USES):
        if use.module:
            parent, _, module = f"imports.{use.module}".rpartition(".")
            lines.append(f"from {parent} import {module} as m{number}")
    return lines


def chart(*, ours: bool) -> str:
    """Return the text of a module that creates every kind once, for either side."""
    objects = [_object(number, use, ours=ours) for number, use in enumerate(USES)]
    imports = "\n".join(_imports(ours=ours))
    return f"{imports}\n{_OURS if ours else _THEIRS}" + "\n".join(objects) + "\n"
