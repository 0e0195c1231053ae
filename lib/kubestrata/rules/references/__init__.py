"""R: names that must name something."""
