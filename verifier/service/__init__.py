"""The verifier as a service: documents come over HTTP, findings go back, nothing is kept."""
