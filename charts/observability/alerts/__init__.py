"""Alerts on metrics of several clusters, which one evaluator of the central store evaluates."""
