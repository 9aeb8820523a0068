"""The program that reads a video for `fitai.common.media.decoding`, in a process that can do nothing else.

It is started with the video as standard input, writes messages to standard output, and imports nothing of FitAI but
`confinement` and `containers`, which lie beside it. Once its libraries are loaded and before it looks at the first byte
it gives away all that it does not need.

A message is one letter and what follows it: `I` (the length of a JSON object, which describes the video), `F` (time,
width, height, bytes a row; then the rows, RGB), `E` (the length of a JSON object: how it ended, and what it took).
"""

import json
import math
import os
import struct
import sys
import time
from typing import Any, BinaryIO

# Where the decoders are installed, and this file: neither is on the path of `python -I -S`.
sys.path += [sys.argv[1], os.path.dirname(os.path.abspath(__file__))]

import av
import av.logging
import av.subtitles.stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from confinement import confine, limit_processor
from containers import container_of

LENGTH = struct.Struct("<I")
FRAME = struct.Struct("<dIII")
DECODERS = frozenset({"h264", "hevc", "vp8", "vp9", "libdav1d", "mpeg4", "mjpeg"})
SMALLEST_STEP_S = 1e-6
A_LITTLE_S = 0.5  # by which a length may exceed what is allowed: containers round


class Refused(Exception):
    """The video is not one that is accepted."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def say(kind: bytes, content: dict[str, Any]) -> None:
    text = json.dumps(content).encode()
    sys.stdout.buffer.write(kind + LENGTH.pack(len(text)) + text)
    sys.stdout.buffer.flush()


class Reading:
    """One video from its first byte to its last."""

    def __init__(self, file: BinaryIO, limits: dict[str, Any]) -> None:
        self.limits = limits
        start = file.read(2048)
        file.seek(0)
        self.name = container_of(start)
        if self.name is None:
            raise Refused("unreadable", "This is not a video of a kind that is accepted: MP4, MOV, WebM, MKV, AVI, TS.")
        self.container = av.open(
            file,
            "r",
            format=self.name,
            metadata_errors="replace",
            options={"protocol_whitelist": "", "codec_whitelist": ",".join(sorted(DECODERS)), "max_streams": "50"},
        )
        stream = self.container.streams.best("video")
        if not isinstance(stream, VideoStream) or stream.codec_context is None:
            raise Refused("unreadable", "There is no video in this file.")
        self.stream = stream
        self.codec = stream.codec_context
        if self.codec.codec.name not in DECODERS:
            raise Refused(
                "unreadable", "The video is encoded in a way that is not accepted. Use H.264, HEVC, VP9 or AV1."
            )
        self.check_size(self.codec.width, self.codec.height)
        if self.stated_seconds() > limits["seconds"] + A_LITTLE_S:
            raise Refused("too_long", f"The video is longer than {limits['seconds']:g} seconds.")
        self.codec.options = {"max_pixels": str(limits["side_px"] ** 2)}
        self.codec.thread_type = "AUTO"
        self.codec.thread_count = limits["threads"]
        self.promised_packets = len(stream.index_entries)
        self.packets = self.frames = self.pixels = 0
        self.origin: float | None = None
        self.last_s = -1.0
        self.end_s = 0.0
        self.credit = 1.5  # of frames that may be handed on; the half is for the jitter of a camera's clock
        self.size: tuple[int, int] | None = None

    def stated_seconds(self) -> float:
        """How long the video says it is; 0 where it does not."""
        if self.stream.duration and self.stream.time_base:
            return float(self.stream.duration * self.stream.time_base)
        return (self.container.duration or 0) / av.time_base

    def check_size(self, width: int, height: int) -> None:
        if max(width, height) > self.limits["side_px"]:
            raise Refused("too_many_pixels", f"A side of the picture is longer than {self.limits['side_px']} pixels.")

    def run(self) -> None:
        """Hand on the frames. Raises `Refused` at whatever is not accepted, `unreadable` when the end is missing."""
        failed = 0
        for packet in self.demuxed():
            self.packets += packet.size > 0
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                failed += 1
                continue
            for frame in frames:
                self.take(frame)
        if self.size is None:
            raise Refused("unreadable", "No picture of this video could be read.")
        if failed > 0.5 * self.packets or self.is_cut_short():
            raise Refused("unreadable", "The file is damaged or incomplete.")

    def is_cut_short(self) -> bool:
        """Whether the end is missing: of the packets in the index of an MP4, of the length that others state."""
        if self.name == "mov":
            return self.packets < 0.99 * self.promised_packets - 1
        stated = 0 if self.name == "mpegts" else self.stated_seconds()  # a transport stream is made to be cut
        return stated - (self.origin or 0) - self.end_s > max(0.5, 0.05 * stated)

    def demuxed(self) -> Any:
        packets = self.container.demux(self.stream)
        while True:
            try:
                packet = next(packets, None)
            except (av.error.InvalidDataError, EOFError):
                return
            if packet is None:
                return
            yield packet

    def take(self, frame: VideoFrame) -> None:
        """Count one decoded frame against the limits, and hand it on unless the rate is high enough without it."""
        limits = self.limits
        self.check_size(frame.width, frame.height)
        self.frames += 1
        self.pixels += frame.width * frame.height
        time_s = self.time_of(frame)
        if time_s > limits["seconds"] + A_LITTLE_S:
            raise Refused("too_long", f"The video is longer than {limits['seconds']:g} seconds.")
        begun_s = max(time_s, self.last_s, 0) + 1
        if self.frames > limits["rate"] * begun_s:
            raise Refused("too_large", f"The video has more than {limits['rate']:g} frames a second.")
        if self.pixels > limits["pixel_rate"] * begun_s:
            raise Refused("too_many_pixels", "The frames of a second together have too many pixels.")
        if self.pixels > limits["total_pixels"]:
            raise Refused("too_many_pixels", "All frames of the video together have too many pixels.")
        if time_s < self.last_s + SMALLEST_STEP_S:
            return
        self.credit = min(1.5, self.credit + (time_s - self.last_s) * limits["out_rate"])
        if int(time_s) > int(self.last_s):
            limit_processor(limits, time_s)
        self.last_s = time_s
        self.end_s = time_s + self.duration_of(frame)
        if self.credit < 1 - 1e-3:
            return
        self.credit -= 1
        self.hand_on(frame, time_s)

    def time_of(self, frame: VideoFrame) -> float:
        """Seconds from the first frame by the stream's own time stamps; where one is missing, the next by the rate."""
        if frame.pts is None or frame.time_base is None:
            step = 1 / float(self.stream.average_rate or 30)
            return self.last_s + step if self.last_s >= 0 else 0.0
        stamp = float(frame.pts * frame.time_base)
        if self.origin is None:
            self.origin = stamp
        return stamp - self.origin

    def duration_of(self, frame: VideoFrame) -> float:
        if frame.duration and frame.time_base:
            return float(frame.duration * frame.time_base)
        return 1 / float(self.stream.average_rate or 30)

    def hand_on(self, frame: VideoFrame, time_s: float) -> None:
        if self.size is None:
            self.size = self.describe(frame)
        picture = frame.reformat(width=self.size[0], height=self.size[1], format="rgb24")
        plane = picture.planes[0]
        out = sys.stdout.buffer
        out.write(b"F" + FRAME.pack(time_s, picture.width, picture.height, plane.line_size))
        out.write(plane)
        out.flush()

    def describe(self, frame: VideoFrame) -> tuple[int, int]:
        """Say what the video is, and return the size at which its frames are handed on, before they are turned."""
        aspect = min(max(float(self.stream.sample_aspect_ratio or 1), 0.25), 4.0)  # of a pixel; old cameras' are oblong
        width, height = frame.width * aspect, float(frame.height)
        shrink = min(1.0, self.limits["out_side_px"] / max(width, height))
        size = even(width * shrink), even(height * shrink)
        matrix: Any = frame.side_data.get("DISPLAYMATRIX")
        turns, mirrored = orientation(bytes(matrix)) if matrix is not None else (0, False)
        say(
            b"I",
            {
                "width": round(width),
                "height": frame.height,
                "turns": turns,
                "mirrored": mirrored,
                "codec": self.codec.codec.canonical_name,
                "container": self.name,
                "seconds": self.stated_seconds(),
            },
        )
        return size


def even(length: float) -> int:
    """The nearest even number: encoders and colour planes want one."""
    return max(2, round(length / 2) * 2)


def orientation(matrix: bytes) -> tuple[int, bool]:
    """Quarter turns counter-clockwise, and whether top and bottom change places before, that make a frame upright."""
    a, b, _, c, d = struct.unpack("<5i", matrix[:20])
    turns = round(math.degrees(-math.atan2(b, a)) / 90) % 4
    return turns, a * d - b * c < 0


def main() -> None:
    limits = json.loads(sys.argv[2])
    av.logging.set_level(None)
    confine(limits, int(sys.argv[3]))
    began = time.process_time()
    end: dict[str, Any] = {}
    try:
        with open(0, "rb", buffering=0, closefd=False) as file:
            Reading(file, limits).run()
    except Refused as refusal:
        end = {"code": refusal.code, "detail": refusal.detail}
    except MemoryError:
        end = {"code": "too_large", "detail": "Reading this video takes too much memory."}
    except BrokenPipeError:
        os._exit(0)
    except Exception:  # whatever a library raises about a file that somebody made up
        end = {"code": "unreadable", "detail": "The file is damaged, or no video."}
    say(b"E", {**end, "cpu_seconds": time.process_time() - began})
    os._exit(0)  # what libraries do at their end is of no use to anybody


if __name__ == "__main__":
    main()
