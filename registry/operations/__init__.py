"""What the operator of a registry does, as functions.

The commands, the demonstration and the tests call the same ones.
"""
