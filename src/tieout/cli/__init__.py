"""The command line: every door opened from a terminal, and the server that opens the others."""
