"""The story of the demonstration, in order: found, issue, live through the bad days."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from credential.entry import Entry, decode_entry
from credential.ids import UnixTime
from credential.sealed import decode_sealed
from issuer.states import StatusAction, StatusReason, WaitFor
from registry.key_files import InsecureKeyFile
from registry.payloads import Names
from sealroot.demo.forgeries import (
    photograph,
    picture_of,
    signed_with_stolen_key,
    with_changed_entry,
    with_pasted_code,
)
from sealroot.demo.offices import VERIFY_URL, Desk, Report, split_rows
from sealroot.demo.realm import (
    COMMERCE,
    LINGYA,
    MOTOR_VEHICLES,
    OFFICES,
    ZHONGSHAN,
    ChainPlace,
    Realm,
    found_agencies,
    found_registry,
)
from sealroot.demo.scenes import Scene

DATA: Final = Path(__file__).parent / "data"
HOUSEHOLDS_OF_ZHONGSHAN: Final = 40
DAY_SECONDS: Final = 86_400
STALE_DAYS: Final = 30
NAME_LABEL: Final = 2


class Stage(NamedTuple):
    """Where the story plays and who is told what happens."""

    folder: Path
    chain: ChainPlace
    say: Callable[[str], None]
    report: Report


class Told(NamedTuple):
    """What the story leaves behind: the scenes to check, and the files a person can go on with."""

    scenes: list[Scene]
    trust_anchor: Path
    bundle: Path
    lite_bundle: Path
    sample: Path


def tell(stage: Stage) -> Told:
    """The whole story has happened on the chain of the stage; nothing has been checked yet."""
    stage.say("A registry: a council of 3, two of whom decide; dangerous acts wait out a delay")
    realm = found_registry(
        stage.folder / "registry", stage.chain, Names("示範登錄簿", "Demonstration Registry")
    )
    found_agencies(realm, stage.say)
    desks = {plan.code: Desk(plan, realm, stage.folder) for plan in OFFICES}

    stage.say("The offices issue their records")
    issued = _issue_everything(stage, desks)

    scenes = [
        *_everyday(stage, issued),
        *_altered(stage, issued),
        *_status_changes(stage, realm, desks[ZHONGSHAN.code], issued),
        *_lost_accreditation(stage, realm, issued),
        *_leaked_key(stage, realm, issued),
        _not_yet_anchored(stage, desks[COMMERCE.code]),
    ]
    stage.say("Trust bundles are made, and taken off the network")
    bundle = realm.bundle(_main_bundle(stage))
    lite = realm.bundle(stage.folder / "bundle-lite.srb", lite=True)
    scenes += _trust_data(stage, issued, bundle, lite)
    sample = _pdf(issued[ZHONGSHAN.code][0])
    return Told(scenes, realm.trust_anchor, bundle, lite, sample)


def _issue_everything(stage: Stage, desks: dict[str, Desk]) -> dict[str, list[Path]]:
    households = split_rows(
        DATA / "household_registration.csv",
        stage.folder,
        {
            ZHONGSHAN.code: lambda number: number < HOUSEHOLDS_OF_ZHONGSHAN,
            LINGYA.code: lambda number: number >= HOUSEHOLDS_OF_ZHONGSHAN,
        },
    )
    sources = {
        **households,
        MOTOR_VEHICLES.code: DATA / "driver_licence.csv",
        COMMERCE.code: DATA / "business_registration.csv",
    }
    return {
        code: desks[code].issue(source, report=stage.report) for code, source in sources.items()
    }


def _everyday(stage: Stage, issued: dict[str, list[Path]]) -> list[Scene]:
    household = _pdf(issued[ZHONGSHAN.code][1])
    licences = issued[MOTOR_VEHICLES.code]
    photo = photograph(_pdf(_in_force(licences)), _shown(stage, "photo-of-a-licence.jpg"))
    return [
        _scene(stage, "a genuine household transcript, PDF", household, "VALID", "proof.anchored"),
        _scene(stage, "a photo of a genuine licence", photo, "VALID", "proof.anchored"),
        _scene(
            stage,
            "a genuine licence that has run out",
            _pdf(_run_out(licences)),
            "INVALID",
            "dates.expired",
        ),
    ]


def _altered(stage: Stage, issued: dict[str, list[Path]]) -> list[Scene]:
    licences = issued[MOTOR_VEHICLES.code]
    genuine, other = _in_force(licences), _in_force(licences[::-1])
    forged = with_changed_entry(genuine.read_bytes(), _renamed)
    changed = picture_of(forged, VERIFY_URL, _shown(stage, "one-claim-changed.png"))
    pasted = with_pasted_code(
        _pdf(genuine), other.read_bytes(), VERIFY_URL, _shown(stage, "pasted-code.pdf")
    )
    return [
        _scene(
            stage,
            "a licence with another name in it",
            changed,
            "INVALID",
            "proof.signature_invalid",
        ),
        _scene(
            stage,
            "a PDF with another person's code pasted on",
            pasted,
            "INVALID",
            "document.attachment_disagrees",
        ),
    ]


def _status_changes(
    stage: Stage, realm: Realm, desk: Desk, issued: dict[str, list[Path]]
) -> list[Scene]:
    stage.say("One transcript is revoked; another is suspended, and later resumed")
    revoked, suspended = issued[ZHONGSHAN.code][2:4]
    desk.change(revoked.stem, StatusAction.REVOKE, StatusReason.ISSUED_IN_ERROR)
    desk.change(suspended.stem, StatusAction.SUSPEND, StatusReason.OTHER)
    meanwhile = realm.bundle(stage.folder / "bundle-while-suspended.srb")
    desk.change(suspended.stem, StatusAction.RESUME, StatusReason.OTHER)
    return [
        _scene(stage, "a revoked transcript", _pdf(revoked), "INVALID", "status.revoked"),
        Scene(
            "a suspended transcript, while it was",
            _pdf(suspended),
            meanwhile,
            "INVALID",
            "status.suspended",
        ),
        _scene(stage, "the same one, resumed", _pdf(suspended), "VALID", "status.valid"),
    ]


def _lost_accreditation(stage: Stage, realm: Realm, issued: dict[str, list[Path]]) -> list[Scene]:
    stage.say(f"{LINGYA.names.zh_hant} loses its accreditation")
    earlier = issued[LINGYA.code][0]
    _let_a_second_pass(realm)
    realm.end_accreditation(LINGYA.code)
    later = _made_with_key_of(LINGYA.code, realm, earlier, lambda entry: entry)
    picture = picture_of(later, VERIFY_URL, _shown(stage, "after-accreditation-ended.png"))
    return [
        _scene(
            stage,
            "from an office that lost its accreditation later",
            _pdf(earlier),
            "VALID",
            "issuer.accredited",
        ),
        _scene(
            stage,
            "made by that office afterwards",
            picture,
            "INVALID",
            "issuer.not_accredited",
        ),
    ]


def _leaked_key(stage: Stage, realm: Realm, issued: dict[str, list[Path]]) -> list[Scene]:
    stage.say(f"The key of {MOTOR_VEHICLES.names.zh_hant} leaks; it is declared unsafe since today")
    before = _in_force(issued[MOTOR_VEHICLES.code])
    _let_a_second_pass(realm)
    realm.declare_compromised(MOTOR_VEHICLES.code, realm.journal_time())
    forged = _made_with_key_of(MOTOR_VEHICLES.code, realm, before, _renamed)
    picture = picture_of(forged, VERIFY_URL, _shown(stage, "forged-with-leaked-key.png"))
    return [
        _scene(stage, "anchored before the key leaked", _pdf(before), "VALID", "proof.anchored"),
        _scene(stage, "a forgery made with the leaked key", picture, "INVALID", "key.compromised"),
    ]


def _not_yet_anchored(stage: Stage, desk: Desk) -> Scene:
    stage.say("At the counter one extract is handed over before its anchor")
    source = split_rows(
        DATA / "business_registration.csv", stage.folder, {"counter": lambda number: number == 0}
    )
    (printed,) = desk.issue(source["counter"], wait_for=WaitFor.NONE)
    return _scene(stage, "signed, not yet anchored", _pdf(printed), "VALID", "anchor.fresh")


def _trust_data(
    stage: Stage, issued: dict[str, list[Path]], bundle: Path, lite: Path
) -> list[Scene]:
    stage.say("Another registry, founded by somebody else, hands out a bundle of its own")
    stranger = found_registry(
        stage.folder / "foreign-registry",
        stage.chain,
        Names("他國登錄簿", "Somebody Else's Registry"),
    )
    foreign = stranger.bundle(stage.folder / "bundle-of-another-registry.srb")
    genuine = _pdf(issued[ZHONGSHAN.code][4])
    company = _pdf(issued[COMMERCE.code][3])
    later = str(int(time.time()) + STALE_DAYS * DAY_SECONDS)
    return [
        Scene(
            "a company extract, with the small bundle", company, lite, "VALID", "anchor.not_in_lite"
        ),
        Scene(
            f"with a bundle {STALE_DAYS} days old",
            company,
            bundle,
            "INDETERMINATE",
            "trust.too_old",
            ("--at", later),
        ),
        Scene("with another registry's bundle", genuine, foreign, "INDETERMINATE", "trust.foreign"),
    ]


def _made_with_key_of(
    code: str, realm: Realm, like: Path, change: Callable[[Entry], Entry]
) -> bytes:
    def sealed_now(entry: Entry) -> Entry:
        now = UnixTime(int(time.time()))
        return change(entry)._replace(iat=now, exp=None, nbf=None)

    key = InsecureKeyFile(realm.key_file(code))
    state = realm.registry.state()
    return signed_with_stolen_key(
        like.read_bytes(), key, (state.chain_id, state.contract), sealed_now
    )


def _let_a_second_pass(realm: Realm) -> None:
    """The chain counts whole seconds: what happens next is later than all that went before."""
    while time.time() < realm.journal_time() + 1:
        time.sleep(0.1)


def _renamed(entry: Entry) -> Entry:
    return entry._replace(fields={**entry.fields, NAME_LABEL: "王偽造"})


def _in_force(files: list[Path]) -> Path:
    moment = time.time() + (STALE_DAYS + 1) * DAY_SECONDS
    return next(path for path in files if (_entry(path).exp or moment + 1) > moment)


def _run_out(files: list[Path]) -> Path:
    return next(path for path in files if (_entry(path).exp or time.time()) < time.time())


def _entry(path: Path) -> Entry:
    return decode_entry(decode_sealed(path.read_bytes()).entry)


def _pdf(sealed: Path) -> Path:
    return sealed.with_suffix(".pdf")


def _shown(stage: Stage, name: str) -> Path:
    folder = stage.folder / "handed-over"
    folder.mkdir(exist_ok=True)
    return folder / name


def _main_bundle(stage: Stage) -> Path:
    return stage.folder / "bundle.srb"


def _scene(stage: Stage, title: str, document: Path, outcome: str, code: str) -> Scene:
    return Scene(title, document, _main_bundle(stage), outcome, code)
