"""The issuer's commands.

Each turns words of the command line into one call of a flow, and its result into words.
"""
