"""References of Kubernetes' own kinds that no other rule of the group has."""

from __future__ import annotations

from kubestrata.rules.references._reference import Reference, Target

_SERVICE = Target("", "Service")
_ADMISSION = "admissionregistration.k8s.io"
_HOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
WEBHOOKS: tuple[Reference, ...] = (
    Reference("apiregistration.k8s.io", "APIService", "spec.service", (_SERVICE,)),
    *(
        Reference(_ADMISSION, kind, "webhooks[].clientConfig.service", (_SERVICE,))
        for kind in _HOOKS
    ),
)
"""What the API server calls."""
REFERENCES = (*WEBHOOKS, Reference("apps", "StatefulSet", "spec.serviceName", (_SERVICE,), ""))
