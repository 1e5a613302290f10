"""Known brands and codes of the world, packaged; see data/LICENSES.md for where they come from."""
