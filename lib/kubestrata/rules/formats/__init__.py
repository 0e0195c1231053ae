"""Reports as text: for people, for programs, and for what shows them beside the code."""
