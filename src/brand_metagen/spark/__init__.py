"""The consumer's job on Spark."""
