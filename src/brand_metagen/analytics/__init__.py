"""What the record of reviews says: metrics with their evidence, trends, issues, plans."""
