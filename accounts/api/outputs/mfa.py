"""The second factor, as its owner sees it."""

from rest_framework import serializers


class TotpOutput(serializers.Serializer):
    secret = serializers.CharField(help_text="to type into an authenticator app, base 32")
    otpauth_url = serializers.CharField(help_text="the same with names, for apps on this device")
    qr_svg = serializers.CharField(help_text="the same as a picture for a camera")


class RecoveryCodesOutput(serializers.Serializer):
    recovery_codes = serializers.ListField(
        child=serializers.CharField(), help_text="each logs in once in the place of a code of the app; shown this once"
    )


class FactorOutput(serializers.Serializer):
    active = serializers.BooleanField(help_text="whether log-in asks for a second factor")
    left = serializers.IntegerField(min_value=0, help_text="recovery codes that were not used")
