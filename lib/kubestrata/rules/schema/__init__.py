"""V: what the API server would refuse."""
