"""The issuer's commands: each turns words of the command line into one call of a flow, and its result into words."""
