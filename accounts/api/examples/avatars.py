"""Examples of pictures of people, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

from fitai.common.examples import JOB

FOLDER: Final = "https://fitai.example/media/WyJhdmF0YXIiXQ:h3xMYB8kz1S9nQ0rTg5vJpLc2wEoUaFdKiZqXyNbRt4"
AVATAR: Final = {str(size): f"{FOLDER}/nK4zqN2rT0yUe1VQm8bHxA-{size}.webp" for size in (64, 256, 512)}

EXAMPLES: Final[dict[str, Any]] = {"AvatarAcceptedOutput": {"job_id": JOB, "status": "queued"}}
