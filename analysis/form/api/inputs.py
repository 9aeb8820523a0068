"""What the form-analysis routes accept."""

from rest_framework import serializers

from analysis.core.results import View

NOT_OFFERED = {
    "video_url": "A video is accepted as a file here, not by its address: send it as `video`.",
    "live": "A filmed set is accepted here, not a camera: send it as `video`.",
}
"""Members that are not taken, and what to do instead."""


class FormAnalysisInput(serializers.Serializer):
    """A filmed set. What is in the file decides, whatever it is called."""

    video = serializers.FileField(
        help_text="200 MB, 180 s, 4096 pixels a side, 240 frames a second at most; H.264, HEVC, VP9 or AV1"
    )
    exercise_id = serializers.UUIDField()
    set_id = serializers.UUIDField(required=False, allow_null=True, help_text="the set of a workout that was filmed")
    view = serializers.ChoiceField(
        [(view.value, view.value) for view in View],
        required=False,
        allow_null=True,
        help_text="from where the camera looks; told from the picture where it is left out",
    )
    person = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=1000,
        help_text="a number out of `people` of an earlier result; the most active one where it is left out",
    )
    keep_video = serializers.BooleanField(
        required=False, default=False, help_text="keep the original after the analysis, until this is deleted"
    )
