"""Admission policies, secret stores, certificate issuers and image verification."""
