"""From sealed bytes, a trust state and a policy to one verdict, and the commands and pages around it."""

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
