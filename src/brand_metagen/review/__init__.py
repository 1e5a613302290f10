"""The rules of the human loop: what reviewers' remarks ask of a rule, and what comes of it."""
