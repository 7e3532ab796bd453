"""What an applicant typed: a JSON object that is ciphertext in the database."""

import json
from typing import Any

from portal.people.crypto import EncryptedTextField


class EncryptedJSONField(EncryptedTextField):
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> str | None:
        return super().get_prep_value(json.dumps(value or {}, ensure_ascii=False, sort_keys=True))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        text = super().from_db_value(value, expression, connection)
        return json.loads(text) if text else {}

    def to_python(self, value: Any) -> Any:
        return value
