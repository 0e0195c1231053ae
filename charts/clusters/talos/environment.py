"""Environments of talos: the ACME server of public certificates, and what pods trust."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import field

from kubestrata import Frozen
from kubestrata.constructs.traffic import LETS_ENCRYPT, LETS_ENCRYPT_STAGING

_ROOTS = Path(__file__).parents[2] / "infrastructure" / "certificates"


class Environment(Frozen):
    """The source of public certificates: a server of ACME, and its root, if no image has it.

    `trusted` are roots by the name of their ConfigMap, PEM.
    """

    acme_server: str
    trusted: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def staging(cls) -> Environment:
        """Return Let's Encrypt's staging server, whose root only this cluster trusts."""
        root = (_ROOTS / "letsencrypt-staging-root.pem").read_text(encoding="utf-8")
        return cls(LETS_ENCRYPT_STAGING, {"letsencrypt-staging-root-ca": root})

    @classmethod
    def production(cls) -> Environment:
        """Return Let's Encrypt."""
        return cls(LETS_ENCRYPT)
