"""Build, derive, write: from main.py to the output folder."""
