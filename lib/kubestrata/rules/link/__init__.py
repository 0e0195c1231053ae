"""References between objects, and objects that exist beside those of the tree."""
