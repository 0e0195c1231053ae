"""EPI: the kind of a platform's API that pods' identities in AWS are claimed as."""

from __future__ import annotations

from pathlib import Path

from kubestrata.constructs.cloud import PodIdentitySpec
from kubestrata.constructs.platform_api.platform_kind import PlatformKind

EPI = PlatformKind(
    kind="EPI",
    plural="epis",
    declaration=PodIdentitySpec,
    composition=Path(__file__).with_name("epi.k"),
    creates=frozenset({"eks.aws.m.upbound.io", "iam.aws.m.upbound.io"}),
)
