"""What people send to show how an exercise is done."""

from rest_framework import serializers


class MediaInput(serializers.Serializer):
    """A picture or a short video. What is in the file decides, whatever it is called."""

    file = serializers.FileField(
        help_text="a picture: JPEG, PNG or WebP, 10 MB and 40 megapixels at most; or a video: MP4, MOV, WebM, MKV, AVI "
        "or TS, 50 MB, 30 seconds, 4096 pixels a side and 120 frames a second at most"
    )
    alt = serializers.CharField(
        required=False, allow_blank=True, max_length=300, help_text="what it shows, for who cannot see it"
    )
