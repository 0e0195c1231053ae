"""An application from one image, and everything it asks for."""

from kubestrata.constructs.workload.workload import Workload

__all__ = ["Workload"]
