"""From sealed bytes, a trust state and a policy to one verdict, and the commands and pages around it."""
