"""One module per cluster: its facts, and what it runs."""
