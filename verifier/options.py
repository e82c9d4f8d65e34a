"""Times, ages and policies as a person types them; anything unclear is refused, not guessed."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

from credential.ids import UnixTime
from verifier.errors import PolicyError
from verifier.policy import NAMED_POLICIES, Policy

MOST_POLICY_BYTES = 64 * 1024

_UNIX = re.compile(r"[0-9]{1,12}")
_AGE = re.compile(r"([0-9]{1,10})([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}


def parse_time(text: str) -> UnixTime:
    """Return a time given as ISO 8601 (UTC without an offset) or Unix seconds; or ValueError."""
    if _UNIX.fullmatch(text):
        return UnixTime(int(text))
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    at = int(moment.timestamp())
    if at < 0:
        raise ValueError("times before 1970 have no meaning here")
    return UnixTime(at)


def parse_age(text: str) -> int:
    """Return seconds for an age such as `3600`, `90m`, `72h` or `7d`. Raises ValueError."""
    match = _AGE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not an age such as 3600, 90m, 72h or 7d")
    return int(match[1]) * _SECONDS[match[2]]


def read_policy(name: str) -> Policy:
    """Return the policy of that name or in that TOML file, with the settings of verdict.md."""
    if name in NAMED_POLICIES:
        return NAMED_POLICIES[name]
    try:
        with Path(name).open("rb") as file:
            text = file.read(MOST_POLICY_BYTES).decode("utf-8")
        settings = tomllib.loads(text)
    except OSError as error:
        known = ", ".join(NAMED_POLICIES)
        raise PolicyError(f"{name!r} is neither a policy ({known}) nor a readable file") from error
    except ValueError as error:
        raise PolicyError(f"the policy file {name!r} is not TOML: {error}") from error
    unknown = settings.keys() - {field.name for field in fields(Policy)}
    if unknown:
        raise PolicyError(
            f"the policy file {name!r} has unknown settings: {', '.join(sorted(unknown))}"
        )
    return Policy(**settings)


def overridden(policy: Policy, settings: Mapping[str, int | bool | None]) -> Policy:
    """Return the policy with the given settings replaced; PolicyError for one out of range."""
    given = {name: setting for name, setting in settings.items() if setting is not None}
    return replace(policy, **given)  # type: ignore[arg-type]  # Policy checks the types itself
