"""Pictures that somebody sent, taken for what they are."""

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw

from fitai.common.media import children, pictures
from fitai.common.media.children import ChildDied
from fitai.common.media.pictures import LENGTH, Claim, Limits, PictureError, claimed, squares, whole
from tests.common.media.pictures import BLUE, RED, about, bomb, colour, deep, encoded, opened, photo, png, with_words

SIZES = (16, 32)


def made(tmp_path: Path, content: bytes, **limits: Any) -> list[bytes]:
    (tmp_path / "picture").write_bytes(content)
    return squares(tmp_path / "picture", SIZES, Limits(**limits))


def code(tmp_path: Path, content: bytes, **limits: Any) -> str:
    with pytest.raises(PictureError) as refused:
        made(tmp_path, content, **limits)
    return refused.value.code


class TestClaims:
    @pytest.mark.parametrize(
        ("content", "claim"),
        [
            (photo("JPEG"), Claim("jpeg", 80, 60)),
            (photo("JPEG", progressive=True, comment=b"a" * 60_000, icc_profile=b"b" * 200_000), Claim("jpeg", 80, 60)),
            (photo("PNG"), Claim("png", 80, 60)),
            (photo("WEBP"), Claim("webp", 80, 60)),
            (photo("WEBP", lossless=True), Claim("webp", 80, 60)),
            (photo("WEBP", exif=Image.Exif().tobytes()), Claim("webp", 80, 60)),
        ],
    )
    def test_of_the_three_kinds(self, content: bytes, claim: Claim) -> None:
        assert claimed(io.BytesIO(content)) == claim

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "unreadable"),
            (photo("GIF"), "unreadable"),
            (photo("BMP"), "unreadable"),
            (photo("TIFF"), "unreadable"),
            (b"<html><script>alert(1)</script></html>", "unreadable"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unreadable"),
            (photo("JPEG")[:20], "unreadable"),
            (b"\xff\xd8\xff" + b"\xe0\x00\x02\xff" * 5000, "unreadable"),
            (b"\xff\xd8\xff\xe0\x00\x00", "unreadable"),
            (photo("PNG")[:20], "unreadable"),
            (photo("WEBP")[:20], "unreadable"),
            (b"RIFF\x00\x00\x00\x00WEBPVP8Z" + bytes(20), "unreadable"),
            (png(0, 5, b""), "unreadable"),
            (png(40_000_001, 1, b""), "too_many_pixels"),
            (png(2**32 - 1, 2**32 - 1, b""), "too_many_pixels"),
            (bomb(), "too_many_pixels"),
        ],
    )
    def test_that_are_not_believed(self, content: bytes, code: str) -> None:
        with pytest.raises(PictureError) as refused:
            claimed(io.BytesIO(content))
        assert refused.value.code == code

    def test_the_largest_that_is_accepted(self) -> None:
        assert claimed(io.BytesIO(png(8000, 5000, b""))) == Claim("png", 8000, 5000)


class TestSquares:
    @pytest.mark.parametrize(
        "content",
        [
            photo("JPEG"),
            photo("JPEG", mode="CMYK"),
            photo("JPEG", size=(4000, 3000)),
            photo("PNG", mode="RGBA"),
            photo("PNG", mode="P"),
            photo("WEBP"),
            deep(),
            photo("PNG") + b"PK\x03\x04" + b"a zip" * 100,
            photo("JPEG", comment=b"<html><script>alert(1)</script></html>"),
            photo("JPEG", icc_profile=b"no profile at all"),
        ],
        ids=["jpeg", "cmyk", "large", "rgba", "palette", "webp", "16bit", "zip", "html", "bad-profile"],
    )
    def test_show_the_colours_and_nothing_else(self, tmp_path: Path, content: bytes) -> None:
        small, large = made(tmp_path, content)
        for size, made_one in zip(SIZES, (small, large), strict=True):
            shown = opened(made_one)
            assert (shown.format, shown.size, about(colour(made_one), RED)) == ("WEBP", (size, size), True)
            assert not {"exif", "xmp", "icc_profile"} & set(shown.info)
            assert b"script" not in made_one
            assert b"PK" not in made_one

    def test_grey_of_16_bits(self, tmp_path: Path) -> None:
        assert about(colour(made(tmp_path, encoded(Image.new("I;16", (20, 20), 40_000), "PNG"))[0]), (156,) * 3)

    def test_what_can_be_seen_through_stays_so(self, tmp_path: Path) -> None:
        picture = Image.new("RGBA", (40, 40), (*RED, 0))
        ImageDraw.Draw(picture).rectangle((0, 0, 19, 39), fill=(*RED, 255))
        for content in (encoded(picture, "PNG"), encoded(picture.quantize(4), "PNG"), encoded(picture, "WEBP")):
            shown = opened(made(tmp_path, content)[0]).convert("RGBA")
            assert (shown.getpixel((2, 8))[3], shown.getpixel((13, 8))[3]) == (255, 0)  # type: ignore[index]

    def test_the_middle_of_what_is_not_square(self, tmp_path: Path) -> None:
        picture = Image.new("RGB", (300, 100), BLUE)
        ImageDraw.Draw(picture).rectangle((100, 0, 199, 99), fill=RED)
        for content in (encoded(picture, "PNG"), encoded(picture.rotate(90, expand=True), "PNG")):
            shown = made(tmp_path, content)[1]
            corners = [(0.05, 0.05), (0.95, 0.05), (0.05, 0.95), (0.95, 0.95)]
            assert all(about(colour(shown, x, y), RED, 30) for x, y in corners)

    @pytest.mark.parametrize("turned", range(1, 9))
    def test_upright_however_the_camera_was_held(self, tmp_path: Path, turned: int) -> None:
        upright = Image.new("RGB", (64, 64), BLUE)
        ImageDraw.Draw(upright).rectangle((0, 0, 31, 31), fill=RED)
        back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # how Pillow turns the upright one into what a camera writes
        lying = upright if turned == 1 else upright.transpose(Image.Transpose(back[turned]))
        exif = Image.Exif()
        exif[0x0112], exif[0x010F] = turned, "A camera"
        exif.get_ifd(0x8825)[1] = "N"
        shown = made(tmp_path, encoded(lying, "JPEG", exif=exif, quality=95))[1]
        assert about(colour(shown, 0.25, 0.25), RED, 30)
        assert about(colour(shown, 0.75, 0.75), BLUE, 30)
        assert about(colour(shown, 0.75, 0.25), BLUE, 30)
        assert not opened(shown).getexif()
        assert b"camera" not in shown

    def test_colours_of_another_space_are_translated(self, tmp_path: Path) -> None:
        """A profile whose red and blue have changed places: what is told from what is shown."""
        swapped = ImageCms.createProfile("sRGB")
        profile = bytearray(ImageCms.ImageCmsProfile(swapped).tobytes())
        red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
        profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
        shown = made(tmp_path, photo("PNG", icc_profile=bytes(profile)))[0]
        assert about(colour(shown), RED[::-1], 12)

    @pytest.mark.parametrize("format", ["WEBP", "PNG"])
    def test_the_first_picture_of_an_animation(self, tmp_path: Path, format: str) -> None:
        second = Image.new("RGB", (80, 60), BLUE)
        shown = made(tmp_path, photo(format, save_all=True, append_images=[second], duration=100))[0]
        assert about(colour(shown), RED)
        assert not getattr(opened(shown), "is_animated", False)

    def test_forty_megapixels_at_their_dearest(self, tmp_path: Path) -> None:
        largest = photo("WEBP", size=(16_383, 2441), lossless=True, method=0)
        assert about(colour(made(tmp_path, largest)[0]), RED)


class TestWhole:
    @pytest.mark.parametrize(
        ("size", "sizes"),
        [
            ((4000, 3000), [(20, 15), (40, 30), (80, 60)]),
            ((60, 30), [(20, 10), (40, 20), (60, 30)]),
            ((30, 30), [(20, 20), (30, 30)]),
            ((9, 9), [(9, 9)]),
            ((100, 800), [(5, 40), (10, 80), (20, 160)]),
            ((5000, 1), [(20, 1), (40, 1), (80, 1)]),
        ],
    )
    def test_keeps_its_shape_and_is_never_enlarged(
        self, tmp_path: Path, size: tuple[int, int], sizes: list[tuple[int, int]]
    ) -> None:
        (tmp_path / "picture").write_bytes(photo("JPEG", size=size))
        made, brightness = whole(tmp_path / "picture", (20, 40, 80))
        assert [(one.width, one.height) for one in made] == sizes
        for one in made:
            assert (opened(one.content).size, about(colour(one.content), RED)) == ((one.width, one.height), True)
        assert abs(brightness - 84) < 3

    @pytest.mark.parametrize("turned", range(1, 9))
    def test_upright_however_the_camera_was_held(self, tmp_path: Path, turned: int) -> None:
        lying = Image.new("RGB", (60, 40), RED)
        exif = Image.Exif()
        exif[0x0112], exif[0x010F] = turned, "A camera"
        (tmp_path / "picture").write_bytes(encoded(lying, "JPEG", exif=exif))
        (one,), _ = whole(tmp_path / "picture", (30,))
        assert (one.width, one.height) == ((30, 20) if turned < 5 else (30, 45))
        assert not {"exif", "xmp", "icc_profile"} & set(opened(one.content).info)

    def test_is_the_first_frame_of_an_animation(self, tmp_path: Path) -> None:
        frames = [Image.new("RGB", (30, 30), one) for one in (RED, BLUE)]
        (tmp_path / "picture").write_bytes(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
        (one,), _ = whole(tmp_path / "picture", (30,))
        assert about(colour(one.content), RED)


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (b"", "unreadable"),
            (photo("GIF"), "unreadable"),
            (photo("TIFF"), "unreadable"),
            (photo("JPEG", size=(900, 900))[:3000], "unreadable"),
            (encoded(Image.effect_noise((200, 200), 50), "PNG")[:9000], "unreadable"),
            (photo("WEBP", lossless=True)[:-8], "unreadable"),
            (with_words(b"zTXt", 1, 50_000_000), "unreadable"),
            (with_words(b"iTXt", 100, 1_000_000), "unreadable"),
            (bomb(), "too_many_pixels"),
        ],
        ids=["nothing", "gif", "tiff", "jpeg-cut", "png-cut", "webp-cut", "ztxt", "itxt", "bomb"],
    )
    def test_files_that_mean_harm(self, tmp_path: Path, content: bytes, expected: str) -> None:
        assert code(tmp_path, content) == expected

    def test_what_is_decoded_counts_and_not_what_was_looked_at_before(self, tmp_path: Path) -> None:
        assert code(tmp_path, photo("PNG"), pixels=4799) == "too_many_pixels"
        made(tmp_path, photo("PNG"), pixels=4800)

    def test_memory_is_limited(self, tmp_path: Path) -> None:
        large = photo("PNG", size=(6000, 6000))
        assert code(tmp_path, large, memory_bytes=150_000_000) == "too_large"

    def test_computing_is_limited(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        endless = tmp_path / "endless.py"
        program = pictures.PROGRAM.read_text()
        endless.write_text(program.replace("made, brightness = small_ones(file, limits)", "while True: pass"))
        (tmp_path / "confinement.py").write_text(pictures.PROGRAM.with_name("confinement.py").read_text())
        monkeypatch.setattr(pictures, "PROGRAM", endless)
        assert code(tmp_path, photo(), cpu_seconds=1) == "too_large"

    def test_a_child_that_says_nothing_or_is_killed_is_tried_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def silent(*args: Any) -> Any:
            return subprocess.Popen(["sleep", "60"], stdout=subprocess.PIPE, start_new_session=True)

        def killed(*args: Any) -> Any:
            child = silent()
            child.kill()
            return child

        for act in (silent, killed):
            monkeypatch.setattr(children, "start", act)
            with pytest.raises(ChildDied):
                made(tmp_path, photo(), wait_seconds=0.2)

    def test_no_such_file(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            squares(tmp_path / "missing", SIZES)


def answer(*files: bytes, lengths: list[int] | None = None) -> bytes:
    said = {"lengths": [len(file) for file in files] if lengths is None else lengths, "brightness": 99.5}
    text = json.dumps(said).encode()
    return LENGTH.pack(len(text)) + text + b"".join(files)


SMALL, LARGE = (photo("WEBP", size=(size, size)) for size in SIZES)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\xff\xff\xff\xff{}",
        LENGTH.pack(2) + b"[]",
        answer(SMALL),
        answer(LARGE, SMALL),
        answer(SMALL, LARGE, LARGE),
        answer(SMALL, LARGE + b"more"[:3], lengths=[len(SMALL), len(LARGE)]),
        answer(SMALL, photo("PNG", size=(32, 32))),
        answer(SMALL, photo("WEBP", size=(32, 32), exif=b"Exif\x00\x00place")),
        answer(SMALL, photo("WEBP", size=(32, 32), icc_profile=b"profile")),
        answer(b"", SMALL + LARGE),
    ],
)
def test_a_child_that_was_taken_over_is_not_believed(said: bytes) -> None:
    with pytest.raises(PictureError) as refused:
        pictures._checked(said, pictures._squares_of(SIZES))
    assert refused.value.code == "unreadable"
    made, brightness = pictures._checked(answer(SMALL, LARGE), pictures._squares_of(SIZES))
    assert ([one.content for one in made], brightness) == ([SMALL, LARGE], 99.5)


WIDE, TALL = (photo("WEBP", size=size) for size in ((32, 20), (16, 33)))


@pytest.mark.parametrize("said", [(WIDE,), (TALL,), (SMALL, LARGE, LARGE), (photo("PNG", size=(16, 16)),), ()])
def test_nor_one_that_hands_on_larger_pictures_than_were_asked_for(said: tuple[bytes, ...]) -> None:
    with pytest.raises(PictureError):
        pictures._checked(answer(*said), pictures._within(SIZES))
    made, _ = pictures._checked(answer(SMALL, WIDE), pictures._within(SIZES))
    assert [(one.width, one.height) for one in made] == [(16, 16), (32, 20)]
