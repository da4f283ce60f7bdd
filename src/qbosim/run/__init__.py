"""Running any program on Linux with Intuit's host names leading to the simulator."""
