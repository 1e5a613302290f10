"""The store behind the port: SQLAlchemy Core over SQLite, later over PostgreSQL as well."""
