"""The commands of those who run a verifier, `sealroot verifier …`, and what only they need."""
