"""`python -m brand_metagen`."""

from brand_metagen.cli.main import main

main()
