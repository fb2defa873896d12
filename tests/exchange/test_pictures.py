"""Photographs: kept small and plain, and whatever is no honest picture is refused in words."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from drawn_pictures import drawn
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from notoneless.exchange.picture_child import rewritten
from notoneless.exchange.pictures import (
    LIMITS,
    LONGEST_NAME,
    SENTENCES,
    PictureRefused,
    read_picture,
    safe_name,
)


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is huge and holds almost nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def refusal(sent: bytes) -> str:
    with pytest.raises(PictureRefused) as caught:
        read_picture(sent)
    return caught.value.code


def test_a_picture_is_made_small_and_loses_what_it_tells_of_place_and_camera() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = "相机", "纬度 25.1"
    sent = drawn(4000, 3000, exif=exif.tobytes(), comment=b"secret place")
    kept = read_picture(sent)
    picture = opened(kept.content)
    assert picture.size == (1280, 960)
    assert len(kept.content) <= LIMITS.kept_bytes
    assert not picture.getexif()
    assert b"secret" not in kept.content
    assert b"Exif" not in kept.content


def test_a_picture_is_kept_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # held sideways
    assert opened(read_picture(drawn(400, 200, exif=exif.tobytes())).content).size == (200, 400)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "I;16", "L"])
def test_any_kind_of_png_is_kept_on_white(mode: str) -> None:
    assert opened(rewritten(drawn(30, 20, "PNG", mode), LIMITS)).mode == "RGB"


def test_noise_is_made_to_fit() -> None:
    noise = Image.effect_noise((1280, 1280), 120).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert len(rewritten(out.getvalue(), LIMITS)) <= LIMITS.kept_bytes


def test_what_is_no_honest_picture_is_refused_in_words() -> None:
    whole = drawn(300, 300)
    assert refusal(b"") == "empty"
    assert refusal(bomb(60_000, 60_000)) == "too_many_pixels"
    assert refusal(bomb(3000, 3000)) == "damaged"
    assert refusal(whole[: len(whole) // 2]) == "damaged"
    assert refusal(b"%PDF-1.7 " + bytes(100)) == "not_a_picture"
    assert refusal(drawn(20, 20, "GIF", "P")) == "not_a_picture"
    assert refusal(b"<svg xmlns='http://www.w3.org/2000/svg'/>") == "not_a_picture"
    assert refusal(bytes(LIMITS.sent_bytes + 1)) == "too_big"


def test_what_takes_too_long_or_too_much_kills_the_child_alone() -> None:
    with pytest.raises(PictureRefused) as caught:
        read_picture(drawn(300, 300), limits=LIMITS._replace(wall_seconds=0))
    assert caught.value.code == "too_slow"
    with pytest.raises(PictureRefused) as caught:
        read_picture(drawn(5000, 5000, "PNG"), limits=LIMITS._replace(memory_bytes=90_000_000))
    assert caught.value.code in ("too_many_pixels", "damaged")


def test_each_refusal_has_its_sentence_in_both_languages() -> None:
    for code in SENTENCES:
        told = PictureRefused(code)
        assert told.sentence().endswith("。")
        assert told.sentence("en").endswith(".")
        assert "{" not in told.sentence() + told.sentence("en")


@settings(max_examples=150)
@given(cut=st.integers(0, 900), put=st.binary(max_size=40))
def test_a_spoiled_picture_is_a_picture_or_a_refusal_and_nothing_else(cut: int, put: bytes) -> None:
    whole = drawn(40, 40)
    try:
        kept = rewritten(whole[:cut] + put + whole[cut + len(put) :], LIMITS)
    except PictureRefused as refused:
        said = refused.sentence()
    else:
        said = f"{opened(kept).size[0]}。"
        assert max(opened(kept).size) <= LIMITS.longest_side
    assert said.endswith("。")


@settings(max_examples=200)
@given(
    st.text(max_size=320)
    # Long ones with folders before them are put together: drawing each character takes far longer.
    | st.builds(
        lambda folders, part, end: "".join(folders) + (part * 300)[:300] + end,
        st.lists(st.sampled_from(("../", "C:\\", "/"))),
        st.text(min_size=1, max_size=8),
        st.sampled_from((".JPG", ".png", ".exe")),
    )
)
def test_any_name_becomes_a_short_plain_one(name: str) -> None:
    kept = safe_name(name)
    assert kept.endswith(".jpg")
    assert 5 <= len(kept) <= LONGEST_NAME + len(".jpg")
    assert not any(c in kept for c in "/\\\0\n\r\u202e\u200b")


def test_names_that_people_give_stay_what_they_are() -> None:
    assert safe_name("门口.JPG") == "门口.jpg"
    assert safe_name("../../etc/通知书 送达.png") == "通知书 送达.jpg"
    assert safe_name("C:\\照片\\a\u202egpj.exe") == "agpj.jpg"
    assert safe_name("") == "照片.jpg"
