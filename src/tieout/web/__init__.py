"""The page: what a person sees of Tieout, and presses."""
