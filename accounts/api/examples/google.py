"""Examples of logging in through Google, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

ID_TOKEN: Final = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"  # noqa: S105  of nobody
CODE: Final = "oSxl0v4Rk3n8FrmZ6u0cPZ0hbMHM8d7Y7o1fVQm1Qd4"
VERIFIER: Final = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

EXAMPLES: Final[dict[str, Any]] = {
    "ExchangeInput": {"code": CODE, "code_verifier": VERIFIER, "device_name": "Ada's laptop"},
    "IdTokenInput": {"id_token": ID_TOKEN, "nonce": "n-0S6_WzA2Mj", "device_name": "Ada's phone"},
    "LinkInput": {"id_token": ID_TOKEN, "nonce": "n-0S6_WzA2Mj", "password": "six plates and a towel"},
    "UnlinkInput": {"password": "six plates and a towel"},
    "LinkedOutput": {"email": "ada@example.org", "linked_at": "2026-03-02T18:00:00Z"},
}
