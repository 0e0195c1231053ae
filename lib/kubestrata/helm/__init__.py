"""Helm charts: stored by digest, fetched once, rendered as a cluster would."""
