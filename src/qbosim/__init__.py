"""A faithful QuickBooks Online that runs on a laptop."""
