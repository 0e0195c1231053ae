"""Synthesis: run main.py, derive the tree, check it, write it to the output folder."""
