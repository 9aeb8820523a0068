"""What clients say of notifications, and of devices that take push messages."""

import base64
import binascii
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from django.core.exceptions import ValidationError
from rest_framework import serializers

from accounts.api.inputs.fields import Line, validate_distinct
from fitai.common.safe_http import is_allowed, is_public

LOCAL = ("localhost", "local", "internal", "intranet", "lan", "home", "arpa", "test", "invalid", "onion")


class UnreadQuery(serializers.Serializer):
    unread = serializers.BooleanField(default=False, help_text="only what is not read")


class ReadInput(serializers.Serializer):
    """`ids`, or `all`."""

    ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, min_length=1, max_length=100, validators=[validate_distinct]
    )
    all = serializers.BooleanField(required=False)
    before = serializers.DateTimeField(required=False, help_text="with `all`: what happened by then, as you have seen")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "all" in attrs and not attrs["all"]:
            raise serializers.ValidationError({"all": ["Send true, or leave it out."]}, code="invalid")
        if ("ids" in attrs) == ("all" in attrs):
            raise serializers.ValidationError({"ids": ["Send either ids or all."]}, code="required")
        if "before" in attrs and "all" not in attrs:
            raise serializers.ValidationError({"before": ["This goes with all."]}, code="invalid")
        return attrs


def validate_endpoint(value: str) -> None:
    """An address on the open Internet; whether its name leads there is looked at whenever something is sent."""
    try:
        url = httpx.URL(value)
    except (httpx.InvalidURL, ValueError):
        raise ValidationError("Send the endpoint as the browser gave it.", code="invalid") from None
    if is_allowed(url.host, url.port or 443):
        return
    if url.scheme != "https" or not url.host or url.userinfo or url.fragment or url.port not in (None, 443):
        raise ValidationError("Push services are at https addresses, at the usual port.", code="invalid")
    if not is_open(url.host):
        raise ValidationError("This address is not on the open Internet.", code="not_public")


def is_open(host: str) -> bool:
    """Whether a host may be public, as far as its writing tells."""
    try:
        return ip_address(host).version == 4 and is_public(host)
    except ValueError:
        pass
    name = host.rstrip(".").lower()
    last = name.rpartition(".")[2]
    return "." in name and last not in LOCAL and not last.isdigit() and not last.startswith("0x")


def base64url(check: Callable[[bytes], object], what: str) -> Callable[[str], None]:
    """A validator of bytes in base64url, with or without padding."""

    def validate(value: str) -> None:
        try:
            check(base64.b64decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4), b"-_", validate=True))
        except (ValueError, binascii.Error):
            raise ValidationError(f"Send {what}, in base64url.", code="invalid") from None

    return validate


def check_point(raw: bytes) -> None:
    if len(raw) != 65:
        raise ValueError
    EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)


def check_secret(raw: bytes) -> None:
    if len(raw) != 16:
        raise ValueError


class PushKeysInput(serializers.Serializer):
    p256dh = serializers.CharField(max_length=100, validators=[base64url(check_point, "a public key of P-256")])
    auth = serializers.CharField(max_length=30, validators=[base64url(check_secret, "16 bytes")])


class PushDeviceInput(serializers.Serializer):
    """A `PushSubscription` as the browser gives it, with a name for people."""

    id = serializers.UUIDField(required=False, help_text="may be chosen")
    name = Line(max_length=60, required=False, allow_blank=True)
    endpoint = serializers.RegexField(r"^[\x21-\x7e]+$", max_length=1000, validators=[validate_endpoint])
    expirationTime = serializers.IntegerField(
        required=False, allow_null=True, help_text="of the subscription; not kept"
    )
    keys = PushKeysInput()
