"""What happens to paper and its picture: one function each, the same picture for the same chance.

Lengths are in pixels where they belong to the camera, and in parts of the picture where they belong
to the paper. Angles are in degrees.
"""

import io
import math
from collections.abc import Callable
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Change = Callable[[Image.Image, Random], Image.Image]
Point = tuple[float, float]
_PAPER = 235


def turned(most: float) -> Change:
    """Turned by up to so many degrees either way, in the picture's plane."""
    return lambda picture, chance: picture.rotate(
        chance.uniform(-most, most), Image.Resampling.BICUBIC, expand=True, fillcolor=_PAPER
    )


def tilted(most: float, *, least: float = 0.0) -> Change:
    """Seen from an angle off the upright, sideways and lengthwise, by a camera near the paper."""

    def change(picture: Image.Image, chance: Random) -> Image.Image:
        angles = [chance.choice((-1, 1)) * chance.uniform(least, most) for _ in range(2)]
        return _seen(picture, *angles)

    return change


def _seen(picture: Image.Image, across: float, along: float) -> Image.Image:
    """The picture as a camera sees it, one and a half widths away, after turning about two axes."""
    width, height = picture.size
    distance = 1.5 * max(width, height)
    x_angle, y_angle = math.radians(along), math.radians(across)
    seen = []
    for x, y in ((0, 0), (width, 0), (width, height), (0, height)):
        u, v = x - width / 2, y - height / 2
        u, depth = u * math.cos(y_angle), u * math.sin(y_angle)
        v, depth = (
            v * math.cos(x_angle) - depth * math.sin(x_angle),
            v * math.sin(x_angle) + depth * math.cos(x_angle),
        )
        scale = distance / (distance + depth)
        seen.append((u * scale, v * scale))
    left, top = (math.floor(min(point[axis] for point in seen)) for axis in (0, 1))
    right, bottom = (math.ceil(max(point[axis] for point in seen)) for axis in (0, 1))
    corners = [(u - left, v - top) for u, v in seen]
    flat = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    return picture.transform(
        (right - left, bottom - top),
        Image.Transform.PERSPECTIVE,
        _homography(corners, flat),
        Image.Resampling.BICUBIC,
        fillcolor=_PAPER,
    )


def _homography(sources: list[Point], targets: list[Point]) -> list[float]:
    """The eight numbers that lead from four points to four others."""
    rows, values = [], []
    for (x, y), (u, v) in zip(sources, targets, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows), np.array(values))]


def blurred(sigma: float) -> Change:
    """Out of focus: a Gaussian of this width in pixels."""
    return lambda picture, _chance: picture.filter(ImageFilter.GaussianBlur(sigma))


def shaken(length: int) -> Change:
    """Moved while the shutter was open, by so many pixels in any direction."""

    def change(picture: Image.Image, chance: Random) -> Image.Image:
        angle = chance.uniform(0, math.pi)
        grey = _numbers(picture)
        steps = [at - (length - 1) / 2 for at in range(length)]
        moved = [
            np.roll(grey, (round(step * math.sin(angle)), round(step * math.cos(angle))), (0, 1))
            for step in steps
        ]
        return _picture(np.mean(moved, axis=0))

    return change


def noisy(sigma: float) -> Change:
    """A sensor in poor light."""

    def change(picture: Image.Image, chance: Random) -> Image.Image:
        grey = _numbers(picture)
        return _picture(grey + _generator(chance).normal(0, sigma, grey.shape))

    return change


def faded(ink: int, paper: int) -> Change:
    """A print whose ink and paper are these greys."""
    return lambda picture, _chance: picture.point(lambda grey: ink + (paper - ink) * grey // 255)


def stained(rings: int) -> Change:
    """Coffee: rings of another darkness, some across the symbol."""

    def change(picture: Image.Image, chance: Random) -> Image.Image:
        stain = Image.new("L", picture.size, 255)
        draw = ImageDraw.Draw(stain)
        for _ in range(rings):
            radius = picture.width * chance.uniform(0.08, 0.16)
            x, y = (
                picture.width * chance.uniform(0.05, 0.45),
                picture.height * chance.uniform(0.4, 1),
            )
            box = (x - radius, y - radius, x + radius, y + radius)
            draw.ellipse(box, fill=235)
            draw.ellipse(
                box, outline=chance.randrange(120, 170), width=max(2, picture.width // 150)
            )
        soft = stain.filter(ImageFilter.GaussianBlur(picture.width / 600))
        return _picture(_numbers(picture) * _numbers(soft) / 255)

    return change


def creased(folds: int) -> Change:
    """Folded and opened again: light lines where the ink broke, a shadow beside."""

    def change(picture: Image.Image, chance: Random) -> Image.Image:
        out = picture.copy()
        draw = ImageDraw.Draw(out)
        for _ in range(folds):
            x = picture.width * chance.uniform(0.05, 0.5)
            lean = picture.width * chance.uniform(-0.1, 0.1)
            for offset, grey, width in ((2, 170, 3), (0, 225, 2)):
                draw.line((x + offset, 0, x + lean + offset, picture.height), grey, width)
        return out

    return change


def lit_from_one_side(darkest: float) -> Change:
    """Light that falls off to this share across the paper."""

    def change(picture: Image.Image, chance: Random) -> Image.Image:
        grey = _numbers(picture)
        light = np.linspace(1, darkest, grey.shape[1])
        return _picture(grey * (light if chance.random() < 0.5 else light[::-1]))

    return change


def shadowed(darkness: float) -> Change:
    """The shadow of a hand or a phone with a soft edge over part of the symbol."""

    def change(picture: Image.Image, chance: Random) -> Image.Image:
        mask = Image.new("L", picture.size, 255)
        x, lean = (
            picture.width * chance.uniform(0.05, 0.3),
            picture.width * chance.uniform(-0.1, 0.1),
        )
        edge = [(x, 0), (picture.width, 0), (picture.width, picture.height)]
        edge.append((x + lean, picture.height))
        ImageDraw.Draw(mask).polygon(edge, fill=round(255 * darkness))
        soft = mask.filter(ImageFilter.GaussianBlur(picture.width / 200))
        return _picture(_numbers(picture) * _numbers(soft) / 255)

    return change


def as_jpeg(quality: int) -> Change:
    """Saved as JPEG of this quality, as messengers do."""

    def change(picture: Image.Image, _chance: Random) -> Image.Image:
        held = io.BytesIO()
        picture.save(held, "JPEG", quality=quality)
        return Image.open(held).convert("L")

    return change


def off_a_screen(depth: float) -> Change:
    """Photographed from a screen: its lines beat with those of the sensor."""

    def change(picture: Image.Image, chance: Random) -> Image.Image:
        grey = _numbers(picture)
        rows, columns = np.mgrid[0 : grey.shape[0], 0 : grey.shape[1]]
        angle, period = chance.uniform(0, math.pi), chance.uniform(3.1, 9.0)
        wave = np.sin(2 * math.pi * (rows * math.sin(angle) + columns * math.cos(angle)) / period)
        return _picture(grey * (1 - depth / 2 + depth / 2 * wave))

    return change


def cropped(into: float) -> Change:
    """Cut at the left and below, so far into the symbol (less than 0: so much quiet zone is left).

    The symbol stands 20 mm from the left edge of A4; `into` is a part of the page's width.
    """

    def change(picture: Image.Image, _chance: Random) -> Image.Image:
        left = picture.width * (20 / 210 + 4 * 0.508 / 210 + into)
        return picture.crop((round(left), 0, picture.width, picture.height))

    return change


def by_phone(width: int) -> Change:
    """The whole width of the paper on so many pixels of a phone's picture."""

    def change(picture: Image.Image, _chance: Random) -> Image.Image:
        height = round(picture.height * width / picture.width)
        return picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)

    return change


def _numbers(picture: Image.Image) -> NDArray[np.float64]:
    return np.asarray(picture, dtype=np.float64)


def _picture(grey: NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def _generator(chance: Random) -> np.random.Generator:
    return np.random.default_rng(chance.getrandbits(64))
