"""API groups that several modules name."""

from __future__ import annotations

ARGO = "argoproj.io"
HELM = "helm.toolkit.fluxcd.io"
KUSTOMIZE = "kustomize.toolkit.fluxcd.io"
SOURCE = "source.toolkit.fluxcd.io"
NOTIFICATION = "notification.toolkit.fluxcd.io"
GATEWAY = "gateway.networking.k8s.io"
OLM = "operators.coreos.com"
FLUX_OPERATOR = "fluxcd.controlplane.io"
CROSSPLANE = "apiextensions.crossplane.io"
EXTERNAL_SECRETS = "external-secrets.io"
CERT_MANAGER = "cert-manager.io"
API_EXTENSIONS = "apiextensions.k8s.io"
NETWORKING = "networking.k8s.io"
RBAC = "rbac.authorization.k8s.io"
