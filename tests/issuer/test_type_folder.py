"""An agency adds a type by putting a file into a folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from credential.catalog import catalog_documents
from issuer.errors import SettingsError
from issuer.prepare import read_records
from issuer.type_folder import read_types
from verifier.drawing.layout import read_layout


def _fishing_licence() -> dict[str, Any]:
    def label(text: str) -> dict[str, str]:
        return {"zh-Hant": text, "en": text}

    return {
        "format": 1,
        "id": "fishing-licence",
        "type": 900,
        "version": 1,
        "title": label("漁撈執照"),
        "fields": [
            {
                "label": 1,
                "key": "boat",
                "kind": "text",
                "title": label("船名"),
                "required": True,
            },
            {"label": 2, "key": "crew", "kind": "number", "title": label("船員"), "max": 30},
        ],
        "layout": {"statement": label("准予出海"), "sections": [{"fields": [1, 2]}]},
    }


def test_a_type_of_a_folder_is_read_and_used_without_code(tmp_path: Path) -> None:
    (tmp_path / "fishing.json").write_text(json.dumps(_fishing_licence()), encoding="utf-8")

    added = read_types(tmp_path)["fishing-licence"]
    prepared = read_records("boat,crew\n順發號,3\n".encode(), added)

    assert prepared.records[0].fields == {1: "順發號", 2: 3}
    assert read_layout(added).statement.en == "准予出海"


def test_the_catalog_stays_usable_beside_a_folder(tmp_path: Path) -> None:
    assert len(read_types(tmp_path)) == len(catalog_documents())


def test_a_file_that_is_no_type_document_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")

    with pytest.raises(SettingsError, match=r"broken\.json"):
        read_types(tmp_path)


def test_two_files_with_one_id_are_refused(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(_fishing_licence()), encoding="utf-8")

    with pytest.raises(SettingsError, match="fishing-licence"):
        read_types(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        read_types(tmp_path / "absent")
