"""Examples of the second factor, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

from accounts.errors import MfaRequired

SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  of nobody

EXAMPLES: Final[dict[str, Any]] = {
    "ReauthInput": {"password": "six plates and a towel"},
    "TotpOutput": {
        "secret": SECRET,
        "otpauth_url": f"otpauth://totp/ada%40example.org?secret={SECRET}&issuer=FitAI",
        "qr_svg": '<svg width="45mm" height="45mm" version="1.1" xmlns="http://www.w3.org/2000/svg"/>',
    },
    "CodeInput": {"code": "492039"},
    "RecoveryCodesOutput": {"recovery_codes": ["20836411", "55019273", "91442760"]},
    "FactorOutput": {"active": True, "left": 10},
    "FactorLoginInput": {**MfaRequired.sample, "code": "492039"},
}
