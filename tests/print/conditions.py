"""The conditions that printed documents are read under, from clean to hopeless."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from PIL import Image

from tests.print import camera as c

Changes = Sequence[c.Change]


class Condition(NamedTuple):
    """A name, what happens to a picture in order, and whether reading is demanded of ours."""

    name: str
    changes: Changes
    is_demanded: bool = False

    def apply(self, picture: Image.Image, seed: int) -> Image.Image:
        """The picture under this condition; the same for the same seed, on any machine."""
        chance = Random(f"{self.name} {seed}")
        for change in self.changes:
            picture = change(picture, chance)
        return picture


_HELD = (c.turned(5), c.tilted(5))
_BY_HAND = (c.turned(15), c.tilted(20, least=5))

CONDITIONS = (
    Condition("clean", (), is_demanded=True),
    Condition("5 degrees, mild blur (0.8)", (*_HELD, c.blurred(0.8), c.noisy(4)), is_demanded=True),
    Condition("5 degrees, blur 1.1", (*_HELD, c.blurred(1.1), c.noisy(4))),
    Condition("5 degrees, blur 1.4", (*_HELD, c.blurred(1.4), c.noisy(4))),
    Condition("5 degrees, strong blur (1.7)", (*_HELD, c.blurred(1.7), c.noisy(4))),
    Condition("turned any way, mild blur", (c.turned(180), c.blurred(0.8), c.noisy(4))),
    Condition("tilted 10 to 20 degrees", (c.turned(5), c.tilted(20, least=10), c.blurred(0.5))),
    Condition("tilted 20 to 35 degrees", (c.turned(5), c.tilted(35, least=20), c.blurred(0.5))),
    Condition("shaken by 3 pixels", (*_HELD, c.shaken(3), c.noisy(4))),
    Condition("shaken by 5 pixels", (*_HELD, c.shaken(5), c.noisy(4))),
    Condition("noise 15", (*_HELD, c.blurred(0.5), c.noisy(15))),
    Condition("noise 30", (*_HELD, c.blurred(0.5), c.noisy(30))),
    Condition("three coffee rings", (c.stained(3), *_HELD, c.blurred(0.6), c.noisy(4))),
    Condition("two creases", (c.creased(2), *_HELD, c.blurred(0.6), c.noisy(4))),
    Condition("light from one side", (*_HELD, c.blurred(0.6), c.lit_from_one_side(0.25))),
    Condition("partial shadow", (*_HELD, c.blurred(0.6), c.shadowed(0.4), c.noisy(4))),
    Condition("low contrast print", (c.faded(120, 200), *_HELD, c.blurred(0.6), c.noisy(4))),
    Condition("JPEG 90", (*_HELD, c.blurred(0.6), c.as_jpeg(90))),
    Condition("JPEG 60", (*_HELD, c.blurred(0.6), c.as_jpeg(60))),
    Condition("JPEG 30", (*_HELD, c.blurred(0.6), c.as_jpeg(30))),
    Condition("off a screen", (*_HELD, c.off_a_screen(0.35), c.blurred(0.6), c.noisy(4))),
    Condition("half of the quiet zone cut", (c.cropped(-2 * 0.508 / 210), *_HELD, c.blurred(0.6))),
    Condition("cut 1.5 mm into the symbol", (c.cropped(1.5 / 210), *_HELD, c.blurred(0.6))),
    Condition(
        "phone, 12 megapixels, from an angle",
        (
            *_BY_HAND,
            c.by_phone(3000),
            c.blurred(1.5),
            c.noisy(6),
            c.as_jpeg(80),
        ),
    ),
    Condition(
        "phone, 1080p frame, from an angle",
        (
            *_BY_HAND,
            c.by_phone(1080),
            c.blurred(0.6),
            c.noisy(6),
            c.as_jpeg(80),
        ),
    ),
    Condition(
        "a bit of everything",
        (
            *(c.faded(60, 235), c.stained(1), c.creased(1), *_HELD, c.lit_from_one_side(0.6)),
            *(c.blurred(0.8), c.noisy(8), c.as_jpeg(70)),
        ),
    ),
)
