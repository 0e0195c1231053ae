"""X: secrets are not in plain text."""
