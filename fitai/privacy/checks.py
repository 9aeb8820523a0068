"""`manage.py check`: no table is forgotten."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from fitai.privacy.tables import problems


@register
def every_table_is_treated(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(problem, hint="Give it a line in fitai/privacy/lines.py.", obj=model, id="fitai.E001")
        for model, problem in problems()
    ]
