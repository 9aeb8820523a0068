"""`manage.py check`: no table is forgotten, and an export can be found as long as its file is there."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from fitai.privacy.tables import problems


@register
def every_table_is_treated(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(problem, hint="Give it a line in fitai/privacy/lines.py.", obj=model, id="fitai.E001")
        for model, problem in problems()
    ]


@register
def exports_are_found(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An export is found through its job, so the job must not go first."""
    if settings.RETENTION_DAYS["finished_jobs"] >= settings.RETENTION_DAYS["exports"]:
        return []
    hint = "Make RETENTION_FINISHED_JOBS at least RETENTION_EXPORTS."
    return [Error("finished jobs go before the exports that they made", hint=hint, id="fitai.E002")]
