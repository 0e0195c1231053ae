"""Traffic between pods: flows that a tree declares, and the policies that allow them."""
