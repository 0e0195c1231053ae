"""Report formats: for people, for programs, and for annotations beside the code."""
