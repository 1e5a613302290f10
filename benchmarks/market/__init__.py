"""Market data made up for measuring, apart from the product's sample; a third is withheld."""
