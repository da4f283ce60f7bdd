"""Keeps a business system and QuickBooks Online tied out, to the cent."""
