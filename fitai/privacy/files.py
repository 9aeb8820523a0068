"""The files that rows name."""

from pathlib import Path
from typing import Any

from django.db.models import FileField, Model

from fitai.privacy.lines import FILES, Stored


def stored_of(row: Any) -> Stored:
    """The files of a row."""
    if type(row) in FILES:
        return FILES[type(row)](row)
    columns = [column for column in row._meta.concrete_fields if isinstance(column, FileField)]
    files = [(column.name, getattr(row, column.attname).name) for column in columns]
    return Stored("", [(f"{shown}{Path(name).suffix}", name) for shown, name in files if name])


def holds_files(model: type[Model]) -> bool:
    return model in FILES or any(isinstance(column, FileField) for column in model._meta.concrete_fields)
