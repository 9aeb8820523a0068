"""`python -m fitai.demo.athlete squat.mp4`: draws the set and writes it as a video."""

import sys
from fractions import Fraction
from pathlib import Path

import av

from fitai.demo.athlete.body import build
from fitai.demo.athlete.picture import Studio
from fitai.demo.athlete.squats import postures

RATE = 24
WIDTH, HEIGHT = 640, 480


def main(path: Path) -> None:
    studio = Studio(WIDTH, HEIGHT, metres=2.25)
    with av.open(str(path), "w", options={"movflags": "faststart"}) as video:
        stream = video.add_stream("libx264", RATE, options={"crf": "24", "preset": "veryslow", "tune": "animation"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for index, posture in enumerate(postures(RATE)):
            frame = av.VideoFrame.from_ndarray(studio.take(build(posture), at=0.48), "rgb24")
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            video.mux(stream.encode(frame))
        video.mux(stream.encode(None))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
