"""P: how workloads ought to run."""
