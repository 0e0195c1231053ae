"""Pods of workloads: their labels, replicas, quantities and the Pod Security Standards."""
