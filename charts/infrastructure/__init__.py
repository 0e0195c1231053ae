"""Base components of a cluster: CRDs, storage, certificates, gateways."""
