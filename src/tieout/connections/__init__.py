"""Which QuickBooks companies we are connected to, and with which permission."""
