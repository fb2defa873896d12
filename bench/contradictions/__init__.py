"""Seeded errors: a clean made-up county, errors of every kind put into it, and what is found of them."""
