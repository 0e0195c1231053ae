"""The generated tree: built in memory, locked, and exchanged on disk as a whole."""
