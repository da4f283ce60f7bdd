"""The engine: host changes in, QuickBooks changes in, pushes out, and issues where a person must decide."""
