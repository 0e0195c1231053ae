"""Tests of a running cluster and of its policies, as files beside the delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.acceptance.acceptance_tests import AcceptanceTests
    from kubestrata.constructs.acceptance.chainsaw_test import ChainsawStep, ChainsawTest
    from kubestrata.constructs.acceptance.policy_test import PolicyCase, PolicyTest

__all__ = ["AcceptanceTests", "ChainsawStep", "ChainsawTest", "PolicyCase", "PolicyTest"]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "acceptance_tests": "AcceptanceTests",
        "chainsaw_test": "ChainsawStep ChainsawTest",
        "policy_test": "PolicyCase PolicyTest",
    },
)
