"""X: nothing secret in plain text."""
