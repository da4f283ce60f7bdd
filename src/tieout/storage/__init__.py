"""What Tieout keeps: one store a file over SQLite or PostgreSQL; rows go in and out as plain dataclasses."""
