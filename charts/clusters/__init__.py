"""One module per cluster: its facts and its components."""
