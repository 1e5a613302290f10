"""Known brands and merchant category codes: a packaged table, and how to look things up in it."""
