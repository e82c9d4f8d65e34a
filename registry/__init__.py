"""The journal, the trust state and bundles derived from it, and the rim that talks to the chain."""
