"""Short ways to ask what a verdict says."""

from verifier import CheckName, Verdict


def code(verdict: Verdict, name: CheckName) -> str:
    """The reason code of one check."""
    return verdict.check(name).reason.value


def codes(verdict: Verdict) -> list[str]:
    """All reason codes, in order."""
    return [check.reason.value for check in verdict.checks]


def results(verdict: Verdict) -> list[tuple[str, str]]:
    """All checks with their results, in order."""
    return [(check.name.value, check.result.value) for check in verdict.checks]
