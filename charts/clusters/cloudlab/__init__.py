"""The cluster cloudlab: one Talos node at home, with secrets encrypted in Git."""
