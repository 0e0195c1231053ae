"""R: references to objects that must exist."""
