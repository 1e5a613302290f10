"""A release as tables and one query, for engines that speak SQL.

`athena.sql` is written by hand; the other dialects are made from it by `make sql`. No rule and no
name is ever part of a query: they are rows of tables, which `tables.py` makes from a release.
"""
