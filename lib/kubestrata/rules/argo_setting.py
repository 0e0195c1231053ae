"""Keys of Argo CD's own settings."""

from __future__ import annotations

HEALTH_KEY = "resource.customizations.health.argoproj.io_Application"
"""The key of `argocd-cm` for the health of Applications, without which no wave waits for them."""
PROGRESSIVE_KEY = "applicationsetcontroller.enable.progressive.syncs"
"""The key of `argocd-cmd-params-cm` without which no ApplicationSet rolls out in steps."""
TYPE_LABEL = "argocd.argoproj.io/secret-type"
"""The label of Secrets that Argo CD reads, with their type: `cluster`, `repository`."""
