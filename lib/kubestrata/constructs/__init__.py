"""Opinionated constructs shared by the components of a platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.config import ConfigFiles, ConfigKey, ConfigReference, FileContent
    from kubestrata.constructs.helm import (
        Drift,
        HelmChart,
        HelmComponent,
        HelmRelease,
        IgnoredDrift,
        OwnChart,
        Patch,
        PatchStep,
        Placement,
        ReleasePolicy,
        SharedValues,
        Upgrade,
        ValuesFrom,
    )
    from kubestrata.constructs.manifest import Manifests, ObjectSelector
    from kubestrata.constructs.network import (
        CiliumNetwork,
        Endpoint,
        Flow,
        KubernetesNetwork,
        OpenNetwork,
        Pods,
    )
    from kubestrata.constructs.scaling import (
        Availability,
        EventScaling,
        Scaling,
        ScalingTrigger,
        VerticalScaling,
    )
    from kubestrata.constructs.secret import (
        EncryptedSecret,
        ExternalSecret,
        GeneratedPassword,
        RemoteKey,
        SealedSecret,
        SecretKey,
        SecretReference,
        SecretSource,
        SecretStoreReference,
        SecretTemplate,
    )
    from kubestrata.constructs.traffic import (
        Certificate,
        Gateway,
        GatewayReference,
        Gateways,
        GrpcRoute,
        Route,
        TlsRoute,
    )
    from kubestrata.constructs.workload import (
        ClaimRetention,
        CloudIdentity,
        Container,
        ContainerException,
        DaemonRollout,
        DaemonWorkload,
        Dependencies,
        Exposure,
        ExtraContainer,
        GenericChart,
        Hook,
        JobSettings,
        Justification,
        Lifecycle,
        Mount,
        Neighbour,
        PodException,
        PodNetworking,
        PodSecurity,
        PodSettings,
        Probe,
        Probes,
        ProtocolPort,
        Resources,
        Rollout,
        RunOnce,
        ScheduledJob,
        ScheduledRuns,
        Scheduling,
        StatefulRollout,
        StatefulWorkload,
        Toleration,
        ValkeyChart,
        Volume,
        Workload,
        WorkloadBucket,
        WorkloadDeclaration,
        WorkloadDefaults,
        WorkloadMonitoring,
    )

__all__ = [
    "Availability",
    "Certificate",
    "CiliumNetwork",
    "ClaimRetention",
    "CloudIdentity",
    "ConfigFiles",
    "ConfigKey",
    "ConfigReference",
    "Container",
    "ContainerException",
    "DaemonRollout",
    "DaemonWorkload",
    "Dependencies",
    "Drift",
    "EncryptedSecret",
    "Endpoint",
    "EventScaling",
    "Exposure",
    "ExternalSecret",
    "ExtraContainer",
    "FileContent",
    "Flow",
    "Gateway",
    "GatewayReference",
    "Gateways",
    "GeneratedPassword",
    "GenericChart",
    "GrpcRoute",
    "HelmChart",
    "HelmComponent",
    "HelmRelease",
    "Hook",
    "IgnoredDrift",
    "JobSettings",
    "Justification",
    "KubernetesNetwork",
    "Lifecycle",
    "Manifests",
    "Mount",
    "Neighbour",
    "ObjectSelector",
    "OpenNetwork",
    "OwnChart",
    "Patch",
    "PatchStep",
    "Placement",
    "PodException",
    "PodNetworking",
    "PodSecurity",
    "PodSettings",
    "Pods",
    "Probe",
    "Probes",
    "ProtocolPort",
    "ReleasePolicy",
    "RemoteKey",
    "Resources",
    "Rollout",
    "Route",
    "RunOnce",
    "Scaling",
    "ScalingTrigger",
    "ScheduledJob",
    "ScheduledRuns",
    "Scheduling",
    "SealedSecret",
    "SecretKey",
    "SecretReference",
    "SecretSource",
    "SecretStoreReference",
    "SecretTemplate",
    "SharedValues",
    "StatefulRollout",
    "StatefulWorkload",
    "TlsRoute",
    "Toleration",
    "Upgrade",
    "ValkeyChart",
    "ValuesFrom",
    "VerticalScaling",
    "Volume",
    "Workload",
    "WorkloadBucket",
    "WorkloadDeclaration",
    "WorkloadDefaults",
    "WorkloadMonitoring",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "config": "ConfigFiles ConfigKey ConfigReference FileContent",
        "helm": (
            "Drift HelmChart HelmComponent HelmRelease IgnoredDrift OwnChart Patch PatchStep "
            "Placement ReleasePolicy SharedValues Upgrade ValuesFrom"
        ),
        "manifest": "Manifests ObjectSelector",
        "network": "CiliumNetwork Endpoint Flow KubernetesNetwork OpenNetwork Pods",
        "scaling": "Availability EventScaling Scaling ScalingTrigger VerticalScaling",
        "secret": (
            "EncryptedSecret ExternalSecret GeneratedPassword RemoteKey SealedSecret "
            "SecretKey SecretReference SecretSource SecretStoreReference SecretTemplate"
        ),
        "traffic": "Certificate Gateway GatewayReference Gateways GrpcRoute Route TlsRoute",
        "workload": (
            "ClaimRetention CloudIdentity Container ContainerException DaemonRollout "
            "DaemonWorkload Dependencies Exposure ExtraContainer GenericChart Hook "
            "JobSettings Justification Lifecycle Mount Neighbour PodException PodNetworking "
            "PodSecurity PodSettings Probe Probes ProtocolPort Resources Rollout RunOnce "
            "ScheduledJob ScheduledRuns Scheduling StatefulRollout StatefulWorkload "
            "Toleration ValkeyChart Volume Workload WorkloadBucket WorkloadDeclaration "
            "WorkloadDefaults WorkloadMonitoring"
        ),
    },
)
