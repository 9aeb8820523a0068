"""What people send for their picture."""

from rest_framework import serializers


class AvatarInput(serializers.Serializer):
    """A picture. What is in the file decides, whatever it is called."""

    avatar = serializers.FileField(help_text="JPEG, PNG or WebP, 5 MB and 40 megapixels at most")
