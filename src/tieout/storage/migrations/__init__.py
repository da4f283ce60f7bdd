"""The migrations of Tieout's database, in Alembic's form."""
