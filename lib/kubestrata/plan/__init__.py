"""What a change means: semantic differences between two trees."""
