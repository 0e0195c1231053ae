"""What the users came for."""
