"""Documents, money, links, pushes, drift, matching: what Tieout thinks, in plain Python."""
