"""A folder of CSV files as the way into a host: read, planned, and written all or nothing."""
