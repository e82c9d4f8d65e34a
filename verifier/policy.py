"""What a relying party asks for beyond the formats: ages, anchoring, strength of evidence."""

from dataclasses import dataclass

from verifier.errors import PolicyError

DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Policy:
    """The five settings of docs/formats/verdict.md by their names there; ages in seconds."""

    max_trust_age: int = 7 * DAY_SECONDS
    max_status_age: int = 7 * DAY_SECONDS
    max_unanchored_age: int = 72 * HOUR_SECONDS
    require_anchor: bool = False
    min_evidence: int = 1

    def __post_init__(self) -> None:
        """Refuse a setting that would silently mean something else than its writer thought."""
        for name in ("max_trust_age", "max_status_age", "max_unanchored_age"):
            seconds = getattr(self, name)
            if type(seconds) is not int or seconds < 0:
                raise PolicyError(f"{name} must be a whole number of seconds, 0 or more")
        if type(self.require_anchor) is not bool:
            raise PolicyError("require_anchor must be true or false")
        if type(self.min_evidence) is not int or self.min_evidence not in (1, 2, 3):
            raise PolicyError("min_evidence must be 1, 2 or 3")


DEFAULT_POLICY = Policy()

STRICT_POLICY = Policy(
    max_trust_age=DAY_SECONDS,
    max_status_age=DAY_SECONDS,
    max_unanchored_age=0,
    require_anchor=True,
    min_evidence=2,
)

NAMED_POLICIES = {"default": DEFAULT_POLICY, "strict": STRICT_POLICY}
