"""Tests of a running cluster and of its policies, as files beside the delivery."""

from kubestrata.constructs.acceptance.acceptance_tests import AcceptanceTests
from kubestrata.constructs.acceptance.chainsaw_test import ChainsawStep, ChainsawTest
from kubestrata.constructs.acceptance.policy_test import PolicyCase, PolicyTest

__all__ = ["AcceptanceTests", "ChainsawStep", "ChainsawTest", "PolicyCase", "PolicyTest"]
