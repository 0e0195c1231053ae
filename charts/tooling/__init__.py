"""What the platform's own engineers work with."""
