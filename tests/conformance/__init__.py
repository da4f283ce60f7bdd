"""Public QuickBooks clients, unchanged, in front of the simulator; README.md says how."""
