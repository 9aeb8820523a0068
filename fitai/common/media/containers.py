"""What the first bytes of a video claim. Imports nothing of FitAI: the program that reads videos uses it, too."""


def container_of(start: bytes) -> str | None:
    """FFmpeg's name of the container that these first bytes begin; None for anything else, a playlist above all."""
    if start[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"):
        return "mov"
    if start.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if start.startswith(b"RIFF") and start[8:12] == b"AVI ":
        return "avi"
    for offset, size in ((0, 188), (4, 192)):
        if start[offset : offset + 5 * size : size] == b"\x47" * 5:
            return "mpegts"
    return None
