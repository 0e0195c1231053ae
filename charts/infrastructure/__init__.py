"""What everything else stands on: CRDs, storage, certificates, the way in."""
