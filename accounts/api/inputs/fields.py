"""Fields that several bodies have, and what is checked of them."""

import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from rest_framework import serializers

from accounts.models import USERNAME

PASSWORD_LENGTH = 4096
BIDI_CONTROLS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def validate_line(value: str) -> None:
    """One line that shows as it is written: no breaks, no control characters, nothing that turns its direction."""
    if any(unicodedata.category(char) in ("Cc", "Zl", "Zp") or char in BIDI_CONTROLS for char in value):
        raise ValidationError("Only characters that can be seen.", code="control_character")


def validate_distinct(values: list[object]) -> None:
    if len(set(values)) != len(values):
        raise ValidationError("Name each once.", code="repeated")


class Line(serializers.CharField):
    """A short text of one line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(validate_line)


class Password(serializers.CharField):
    """Any characters, spaces and emoji too; bounded before anything hashes it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"max_length": PASSWORD_LENGTH, "trim_whitespace": False, "style": {"input_type": "password"}, **kwargs}
        )


class Username(serializers.RegexField):
    """3 to 30 letters, digits, `.`, `_` and `-`, with a letter or digit at both ends."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(USERNAME, **{"min_length": 3, "max_length": 30, **kwargs})


def many_of(choices: type[TextChoices]) -> serializers.ListField:
    """A set of words, replaced whole."""
    return serializers.ListField(
        child=serializers.ChoiceField(choices.choices),
        allow_null=True,
        required=False,
        max_length=len(choices),
        validators=[validate_distinct],
    )
