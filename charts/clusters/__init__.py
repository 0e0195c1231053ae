"""One module or package per cluster: its facts and its components."""
