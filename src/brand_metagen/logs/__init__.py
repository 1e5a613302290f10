"""The log: lines that nobody can forge, without secrets, kept for some days, read again."""
