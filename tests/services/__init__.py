"""Real services for tests, fetched, built and run on loopback without containers. `python -m tests.services --help`."""
