"""Batches and imports on the wire."""
