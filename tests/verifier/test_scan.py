import random

import pytest
import zxingcpp
from PIL import Image, ImageFilter

from credential.qr_text import qr_encode
from tests.simulator import Simulator
from tests.verifier.paper import URL, page, saved, symbol
from verifier.errors import DocumentError
from verifier.reasons import Reason
from verifier.scan import read_picture


@pytest.fixture(scope="module")
def sealed() -> bytes:
    sim = Simulator()
    return sim.issue(sim.office("A15030000C"), {1: "王小明"}, {1: "陳美麗"}).sealed[0]


@pytest.fixture(scope="module")
def text(sealed: bytes) -> str:
    return qr_encode(sealed, URL)


def test_reads_a_clean_symbol(sealed: bytes, text: str) -> None:
    assert read_picture(symbol(sealed)) == [text]


@pytest.mark.parametrize("angle", [7, 45, 90, 133, 180, 271])
def test_reads_a_turned_picture(sealed: bytes, text: str, angle: int) -> None:
    turned = page(symbol(sealed)).rotate(
        angle, Image.Resampling.BICUBIC, expand=True, fillcolor=220
    )

    assert read_picture(saved(turned)) == [text]


def test_reads_a_blurred_noisy_photo(sealed: bytes, text: str) -> None:
    chance = random.Random(1)
    photo = page(symbol(sealed), size=(700, 700)).rotate(
        17, Image.Resampling.BICUBIC, expand=True, fillcolor=190
    )
    photo = photo.filter(ImageFilter.GaussianBlur(1.3)).point(lambda grey: 40 + grey // 2)
    noisy = bytes(max(0, min(255, grey + chance.randrange(-12, 13))) for grey in photo.tobytes())

    jpeg = saved(Image.frombytes("L", photo.size, noisy), "JPEG", quality=55)

    assert read_picture(jpeg) == [text]


def test_reads_light_modules_on_a_dark_ground(sealed: bytes, text: str) -> None:
    inverted = page(symbol(sealed)).point(lambda grey: 255 - grey)

    assert read_picture(saved(inverted)) == [text]


def test_reads_a_symbol_on_a_transparent_ground(sealed: bytes, text: str) -> None:
    drawn = page(symbol(sealed), size=(700, 700))
    clear = Image.new("LA", drawn.size, (0, 0))
    clear.putalpha(drawn.point(lambda grey: 255 - grey))

    assert read_picture(saved(clear)) == [text]


def test_reads_a_large_colour_jpeg(sealed: bytes, text: str) -> None:
    large = page(symbol(sealed, scale=10), size=(5000, 6000)).convert("RGB")

    assert read_picture(saved(large, "JPEG", quality=70)) == [text]


def test_reads_every_code_of_a_picture(sealed: bytes) -> None:
    codes = page(symbol(sealed), symbol(sealed, url=""))

    assert sorted(read_picture(saved(codes))) == sorted([qr_encode(sealed, URL), qr_encode(sealed)])


def test_an_empty_page_has_no_code() -> None:
    with pytest.raises(DocumentError) as refusal:
        read_picture(saved(page(size=(500, 500))))

    assert refusal.value.reason is Reason.DOCUMENT_NO_CODE


def test_other_kinds_of_codes_are_not_read() -> None:
    other = zxingcpp.create_barcode("123456789", zxingcpp.BarcodeFormat.DataMatrix)
    drawn = memoryview(zxingcpp.write_barcode_to_image(other, scale=8, add_quiet_zones=True))
    picture = Image.frombytes("L", drawn.shape[::-1], drawn.tobytes())

    with pytest.raises(DocumentError) as refusal:
        read_picture(saved(picture))

    assert refusal.value.reason is Reason.DOCUMENT_NO_CODE


def test_a_picture_cut_off_is_refused_unless_only_its_end_is_missing(
    sealed: bytes, text: str
) -> None:
    whole = symbol(sealed)

    for length in range(8, len(whole), 37):
        try:
            texts = read_picture(whole[:length])
        except DocumentError:
            continue
        assert texts == [text]


def test_half_a_picture_is_unreadable(sealed: bytes) -> None:
    whole = symbol(sealed)

    with pytest.raises(DocumentError) as refusal:
        read_picture(whole[: len(whole) // 2])

    assert refusal.value.reason is Reason.DOCUMENT_UNREADABLE


def test_every_flipped_byte_of_a_picture_is_read_or_refused_in_our_words(
    sealed: bytes, text: str
) -> None:
    whole = symbol(sealed)
    chance = random.Random(2)

    for at in chance.sample(range(8, len(whole)), 60):
        try:
            texts = read_picture(whole[:at] + bytes((whole[at] ^ 0xFF,)) + whole[at + 1 :])
        except DocumentError:
            continue
        assert texts == [text]


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    bomb = saved(Image.new("1", (7_000, 7_000)))

    with pytest.raises(DocumentError) as refusal:
        read_picture(bomb)

    assert len(bomb) < 100_000
    assert refusal.value.reason is Reason.DOCUMENT_TOO_LARGE


def test_a_gif_is_not_opened() -> None:
    with pytest.raises(DocumentError) as refusal:
        read_picture(saved(Image.new("L", (10, 10)), "GIF"))

    assert refusal.value.reason is Reason.DOCUMENT_UNREADABLE
