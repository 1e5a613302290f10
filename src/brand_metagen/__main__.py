"""`python -m brand_metagen`."""

from brand_metagen.cli.main import main

if __name__ == "__main__":
    main()
