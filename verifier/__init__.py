"""From sealed bytes, trust data and a policy to one verdict, and the command around it."""

from verifier.batch import verify_many
from verifier.policy import DEFAULT_POLICY, Policy
from verifier.reasons import Reason
from verifier.verdict import Check, CheckName, Outcome, Result, Verdict
from verifier.verify import verify

__all__ = [
    "DEFAULT_POLICY",
    "Check",
    "CheckName",
    "Outcome",
    "Policy",
    "Reason",
    "Result",
    "Verdict",
    "verify",
    "verify_many",
]
