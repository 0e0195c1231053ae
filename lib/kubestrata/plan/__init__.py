"""Semantic differences between two trees."""
