"""What goes over the wire, one file for each resource: read by this API and by the command line's `--json`."""
