"""Metrics, logs and alerts, in one shared namespace."""
