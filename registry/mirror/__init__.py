"""Mirrors: everything public about a registry as a tree of files, served, synced and explained.

docs/formats/mirror.md is the format. Nobody believes a mirror; whoever syncs from one checks it.
"""
