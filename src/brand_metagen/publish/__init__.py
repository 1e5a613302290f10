"""Releases: written whole, checked when read, applied row by row, reported."""
