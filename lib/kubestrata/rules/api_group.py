"""API groups that several groups of rules use."""

from __future__ import annotations

ARGO = "argoproj.io"
HELM = "helm.toolkit.fluxcd.io"
KUSTOMIZE = "kustomize.toolkit.fluxcd.io"
SOURCE = "source.toolkit.fluxcd.io"
NOTIFICATION = "notification.toolkit.fluxcd.io"
GATEWAY = "gateway.networking.k8s.io"
OLM = "operators.coreos.com"
