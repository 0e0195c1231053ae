"""Alerts, by the programs that they are about."""
