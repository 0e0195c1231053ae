"""Tools for the platform's own engineers."""
