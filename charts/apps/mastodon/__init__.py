"""Mastodon: its data services, their secrets, and its place in the cluster."""
