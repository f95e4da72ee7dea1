"""A folder for the path of scripts."""
