"""The words of a proposal: there are some for everything, and nothing in them can deceive."""

import json
import re
import unicodedata
from importlib.resources import files
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.artifacts import ContractName
from registry.proposal_code import is_same_code, proposal_code
from registry.told import Told, act_words
from tests.registry import proposals
from tests.registry.proposals import (
    AGENCY_ACCOUNT,
    CONTRACTS,
    KNOWN_KID,
    MEMBERS,
    NOW,
    OTHER_PERSON,
    PERSON,
    STRANGER,
    alerts_of,
    call_of,
    code,
    read,
    sample,
)

FUNCTIONS = proposals.changing_functions()
TEXTS = {
    name: json.loads(files("registry").joinpath("texts", f"{name}.json").read_text("utf-8"))
    for name in ("acts", "proposal")
}
ZERO = "0x" + "00" * 20


def is_harmless(text: str) -> bool:
    return not any(
        unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        and character not in {"\u2068", "\u2069"}  # our own isolates around what runs right to left
        for character in text
    )


def everything_said(told: object) -> list[str]:
    if isinstance(told, Told):
        return [told.zh_hant, told.en]
    if isinstance(told, tuple | list):
        return [text for part in told for text in everything_said(part)]
    return []


@pytest.mark.parametrize(("contract", "function", "inputs"), FUNCTIONS)
def test_every_function_that_can_be_proposed_has_words_that_fill(
    contract: ContractName, function: str, inputs: list[dict[str, Any]]
) -> None:
    call = call_of(contract, function, *(sample(item["type"]) for item in inputs))

    told, found = read(contract, call)

    assert found.function == function
    assert act_words(contract, function) is not None
    assert all(text.strip() for text in everything_said(told))
    assert all("{" not in text for text in everything_said(told.what))


def test_there_are_functions_to_have_words() -> None:
    assert len(FUNCTIONS) > 40


def test_no_words_are_kept_for_a_function_that_is_gone() -> None:
    known = {(contract, function) for contract, function, _ in FUNCTIONS}
    coming = {("Registry", name) for name in ("carry", "expectEarlier", "expectJournal")}
    written = {
        (contract, function) for contract, acts in TEXTS["acts"].items() for function in acts
    }

    assert written - known <= coming


def test_both_languages_say_the_same_things_with_the_same_pieces() -> None:
    pairs = [pair for acts in TEXTS["acts"].values() for act in acts.values()
             for pair in act.values()]  # fmt: skip
    for pair in [*pairs, *TEXTS["proposal"].values()]:
        used = [
            {name for _, name, _, _ in Formatter().parse(pair[language]) if name}
            for language in ("zh-Hant", "en")
        ]
        # A time is told in the clock of its readers, so its one piece differs.
        assert used[0] == used[1] or used == [{"taipei"}, {"utc"}], pair
        assert all(is_harmless(pair[language]) for language in ("zh-Hant", "en")), pair


@given(name=st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_proposed_text_reaches_the_reader_with_characters_that_act_or_hide(name: str) -> None:
    told, _ = read("Registry", call_of("Registry", "renameAgency", code("OFFICE"), name))

    assert all(is_harmless(text) for text in everything_said(told))


@given(data=st.binary(max_size=200), contract=st.sampled_from(sorted(CONTRACTS)))
def test_bytes_that_are_no_call_are_explained_and_stand_out(
    data: bytes, contract: ContractName
) -> None:
    told, found = read(contract, data)

    alerts = {alert.code for alert in told.alerts}
    assert found.function is not None or "unknown_function" in alerts
    assert all(is_harmless(text) for text in everything_said(told))


def test_bytes_behind_the_arguments_stand_out() -> None:
    call = call_of("Registry", "suspendAgency", code("A15030000C"))

    assert "inexact_call" in {one.code for one in read("Registry", call + b"\0")[0].alerts}
    assert "inexact_call" not in {one.code for one in read("Registry", call)[0].alerts}


def test_target_that_is_none_of_ours_stands_out() -> None:
    call = call_of("Registry", "suspendAgency", code("A15030000C"))

    told, _ = read("Registry", call, target=PERSON)

    assert {alert.code for alert in told.alerts} == {"unknown_target"}


def test_call_hidden_in_calls_of_the_manager_is_told_and_stands_out() -> None:
    members = call_of("Council", "changeMembers", [PERSON], 1, 2)
    inner = call_of("AccessManager", "execute", CONTRACTS["Council"], members)

    told, _ = read("AccessManager", call_of("AccessManager", "multicall", [inner]))

    assert len(told.what) == 3
    assert PERSON in told.what[2].en
    assert {"manager", "council_change", "pause_change", "one_decides", "majority_replaced"} <= {
        alert.code for alert in told.alerts
    }


def registering(agency: str, names: str = "新北市\nNew Taipei", *accounts: str) -> list[Any]:
    anchor, operations = accounts or (PERSON, MEMBERS[2])
    return ["registerAgency", code(agency), anchor, operations, names]


@pytest.mark.parametrize(
    ("call", "alert"),
    [
        (registering("A1503000OC"), "similar_code"),
        (registering("A15030001C"), "similar_code"),
        (registering("OFFICE"), "code_used"),
        (registering("NEW", "內政部\nAnother"), "same_name"),
        (registering("NEW", "台北市監理所\nAnother"), "same_name"),
        (registering("NEW", "內政\u200b部\nAnother"), "odd_name"),
        (registering("NEW", "部\nMinistry of Ju\u0455tice"), "odd_name"),
        (registering("NEW", "部\nM", ZERO, PERSON), "zero_address"),
        (registering("NEW", "部\nM", "0x" + "00" * 19 + "09", PERSON), "low_address"),
        (registering("NEW", "部\nM", CONTRACTS["Registry"], PERSON), "contract_address"),
        (registering("NEW", "部\nM", MEMBERS[1], PERSON), "member_address"),
        (registering("NEW", "部\nM", AGENCY_ACCOUNT, PERSON), "shared_address"),
        (registering("NEW", "部\nM", PERSON, PERSON), "same_accounts"),
        (registering("NEW", "部\nM", PERSON, STRANGER), "unused_address"),
        (["suspendAgency", code("NOBODY")], "unknown_agency"),
        (["suspendAgency", code("OFFICE")], "not_active"),
        (["addKey", code("OFFICE"), bytes.fromhex(KNOWN_KID), -7, 1, b"\xa0"], "known_key"),
        (["addKey", code("OFFICE"), bytes(16), -7, 1, b"\xa0"], "wrong_kid"),
        (["addKey", code("OFFICE"), bytes(16), -7, 1, b"\xa0"], "bad_key"),
        (["endKey", bytes(16)], "unknown_key"),
        (["compromiseKey", bytes.fromhex(KNOWN_KID), NOW + 1], "future"),
        (["grantAccreditation", code("OFFICE"), 9, 0, 0], "unknown_type"),
        (["grantAccreditation", code("OFFICE"), 2, 0, NOW - 1], "past"),
        (["endAccreditation", 9], "unknown_accreditation"),
        (["registerType", 2, 2, bytes(32)], "zero_digest"),
        (["startAlgorithm", -9999, 0], "unknown_algorithm"),
        (["stopAlgorithm", -7, 0], "stop_now"),
        (["setCheckpointSigners", 1, b"\x00"], "bad_signers"),
        (["setSuccessor", 1, PERSON], "ends_registry"),
    ],
)
def test_what_a_member_should_ask_about_stands_out(call: list[Any], alert: str) -> None:
    assert alert in alerts_of("Registry", *call)


@pytest.mark.parametrize(
    "call",
    [
        ["suspendAgency", code("A15030000C")],
        ["resumeAgency", code("OFFICE")],
        ["grantAccreditation", code("A15030000C"), 2, 1, NOW + 10],
        ["endAccreditation", 1],
        ["changeAgencyAccounts", code("A15030000C"), PERSON, OTHER_PERSON],
        ["warnAlgorithm", -7, NOW + 10],
    ],
)
def test_ordinary_act_has_nothing_that_stands_out(call: list[Any]) -> None:
    other = {OTHER_PERSON: {"sent": 1}, PERSON: {"sent": 1}}

    assert alerts_of("Registry", *call, addresses=other) == set()


def test_act_that_the_manager_does_not_allow_is_said_to_be_refused() -> None:
    call = call_of("Registry", "suspendAgency", code("A15030000C"))

    told, _ = read("Registry", call, is_immediate=False, delay_seconds=0)

    assert "refused" in {alert.code for alert in told.alerts}
    assert "will be refused" in told.when[0].en


def test_delay_is_the_one_the_chain_tells() -> None:
    call = call_of("Registry", "suspendAgency", code("A15030000C"))

    told, _ = read("Registry", call, is_immediate=False, delay_seconds=90_000)

    assert "1 days 1 hours" in told.when[0].en


def test_code_names_one_call_of_one_council_on_one_chain() -> None:
    base = (31337, bytes(20), 1, bytes(20), b"call")
    others = [
        (31338, *base[1:]),
        (31337, b"\1" * 20, *base[2:]),
        (*base[:2], 2, *base[3:]),
        (*base[:3], b"\1" * 20, b"call"),
        (*base[:4], b"calm"),
    ]

    codes = {proposal_code(*one) for one in [base, *others]}

    assert len(codes) == 6


def test_code_may_be_typed_as_it_was_heard() -> None:
    assert is_same_code("z96f w0nc-mjbc esc3 xjd2 883g", "Z96F-W0NC-MJBC-ESC3-XJD2-883G")
    assert is_same_code("Z96FWONCMJBCESC3XJD2883G", "Z96F-W0NC-MJBC-ESC3-XJD2-883G")
    assert not is_same_code("Z96F-W0NC-MJBC-ESC3-XJD2-8830", "Z96F-W0NC-MJBC-ESC3-XJD2-883G")
    assert not is_same_code("", "Z96F-W0NC-MJBC-ESC3-XJD2-883G")


def test_words_of_an_unknown_function_are_none() -> None:
    assert act_words("Registry", "transfer") is None


def test_everything_that_can_stand_out_has_a_sentence_and_no_sentence_is_left_over() -> None:
    sources = [
        files("registry").joinpath(f"{name}.py").read_text("utf-8")
        for name in ("stands_out", "stands_out_accounts", "stands_out_power")
    ]
    raised = {
        code
        for source in sources
        for pattern in (r'yield "(\w+)", ', r'yield \(\s*"(\w+)",', r'Alert\("(\w+)", ')
        for code in re.findall(pattern, source)
    }
    written = {key.removeprefix("alert.") for key in TEXTS["proposal"] if key.startswith("alert.")}

    assert raised == written
