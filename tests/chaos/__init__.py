"""Faults on purpose, against the whole product with its real processes: `make chaos`."""
