"""What a brand's own rows are worth, before a rule is learned from them."""
