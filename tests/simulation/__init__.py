"""Seeded days: a random shop and a random bookkeeper, faults while the storm lasts, then calm and an audit."""
