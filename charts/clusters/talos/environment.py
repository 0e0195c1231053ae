"""Environments of talos: the ACME server of public certificates, and what clients trust."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kubestrata.constructs.traffic import LETS_ENCRYPT, LETS_ENCRYPT_STAGING


@dataclass(frozen=True, slots=True)
class Environment:
    """The environment of a cluster; its server of ACME issues certificates of public hosts.

    Clients in the cluster trust `trusts_staging_root`: the root of Let's Encrypt's staging server,
    which no image contains.
    """

    name: Literal["staging", "production"]
    acme_server: str
    trusts_staging_root: bool


STAGING = Environment("staging", LETS_ENCRYPT_STAGING, trusts_staging_root=True)
PRODUCTION = Environment("production", LETS_ENCRYPT, trusts_staging_root=False)
