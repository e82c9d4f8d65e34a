"""One version of a credential type: what an entry of it means, by the digest the journal knows."""

from collections.abc import Mapping
from dataclasses import dataclass

from credential.ids import Digest
from credential.type_fields import Field, FieldKind, RowCheck, Text
from credential.type_json import Json


@dataclass(frozen=True, slots=True)
class CredentialType:
    """One version of a credential type, with the digest by which the journal knows it."""

    digest: Digest
    id: str
    type_no: int
    version: int
    title: Text
    valid_days: int | None
    valid_from: int | None
    valid_to: int | None
    group_by: int | None
    unique: tuple[int, ...]
    record: int | None
    fields: tuple[Field, ...]
    by_label: Mapping[int, Field]
    layout: Mapping[str, Json]
    check_fields: RowCheck
    """Raises TypeMismatchError where the fields of an entry are not of this type's form."""

    @property
    def rows_field(self) -> Field | None:
        """The field whose rows come one from each input row; None where a row is a credential."""
        own = (
            field
            for field in self.fields
            if field.kind is FieldKind.ROWS and field.first_of is None
        )
        return next(own, None)
