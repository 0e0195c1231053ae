"""V: objects that the API server would reject."""
