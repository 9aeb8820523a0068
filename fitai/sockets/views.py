"""`/api/asyncapi`: the AsyncAPI document."""

from functools import cache

from fitai.common.schema_view import DocumentView, written
from fitai.sockets.document import VERSION, document


class AsyncApiView(DocumentView):
    media_types = {form: f"application/vnd.aai.asyncapi+{form};version={VERSION}" for form in ("yaml", "json")}

    @staticmethod
    @cache
    def document(form: str) -> tuple[str, str | bytes]:
        return written(form, document())
