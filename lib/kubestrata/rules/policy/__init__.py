"""P: good practice for workloads."""
