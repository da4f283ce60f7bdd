"""The edge to QuickBooks Online: its addresses, sign-in, calls, faults, entities and spelling."""
