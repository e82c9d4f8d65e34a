"""Prepare, approve, seal, anchor and release credentials."""
