"""Mistakes of the tenants of the original of infra and apps, each found by its rule."""
