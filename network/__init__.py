"""The permissioned network that carries a registry: its validators, their keys and their files."""
