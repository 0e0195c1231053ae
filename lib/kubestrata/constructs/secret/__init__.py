"""Secrets: where they come from, and how objects name them."""

from kubestrata.constructs.secret.encrypted_secret import EncryptedSecret
from kubestrata.constructs.secret.secret_reference import SecretKey, SecretReference

__all__ = ["EncryptedSecret", "SecretKey", "SecretReference"]
