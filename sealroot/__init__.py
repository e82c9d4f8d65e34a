"""The one command line that composes registry, issuer and verifier, and the demonstration."""
