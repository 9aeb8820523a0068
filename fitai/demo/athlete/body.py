"""A body as spheres: joints in the plane in which it moves, flesh and clothes around them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

SHIN, THIGH, TRUNK, UPPER_ARM, FOREARM = 0.43, 0.43, 0.50, 0.30, 0.26
"""Metres, of a person of 1.75 m (Winter, Biomechanics and Motor Control of Human Movement, table 4.1, rounded)."""

ANKLE_HEIGHT: Final = 0.085
SPACING: Final = 0.13  # of the spheres along a limb, in radii: closer than can be seen

SKIN, SHIRT, SHORTS, SOCKS, SHOES, SOLES, HAIR, DARK, LIPS = range(9)
COLOURS: Final[Mapping[int, tuple[float, float, float]]] = {
    SKIN: (0.80, 0.57, 0.44),
    SHIRT: (0.13, 0.50, 0.50),
    SHORTS: (0.11, 0.13, 0.22),
    SOCKS: (0.88, 0.88, 0.86),
    SHOES: (0.72, 0.22, 0.16),
    SOLES: (0.93, 0.92, 0.90),
    HAIR: (0.16, 0.10, 0.07),
    DARK: (0.09, 0.06, 0.05),
    LIPS: (0.66, 0.36, 0.31),
}


@dataclass(frozen=True, slots=True)
class Posture:
    """Angles in degrees: how far the shin leans forward and the thigh backward from upright, the trunk forward; the
    upper arm from hanging down towards the front, the elbow's bend, the head's nod."""

    shin: float
    thigh: float
    trunk: float
    arm: float
    elbow: float
    nod: float


@dataclass(frozen=True, slots=True)
class Spheres:
    """`centres[N, 3]` in metres (x to where the person looks, y up, z to the person's right), radii and materials."""

    centres: Vector
    radii: Vector
    materials: NDArray[np.int64]


def towards(angle_deg: float) -> Vector:
    """The unit vector that leans forward by so much from straight up."""
    angle = np.radians(angle_deg)
    return np.array([np.sin(angle), np.cos(angle), 0.0])


def aside(point: Vector, z: float) -> Vector:
    return point + np.array([0.0, 0.0, z])


def build(posture: Posture) -> Spheres:
    """The spheres of a person who stands on the floor at x = 0 in this posture."""
    parts = list(_parts(posture))
    return Spheres(
        np.concatenate([centres for centres, _, _ in parts]),
        np.concatenate([radii for _, radii, _ in parts]),
        np.concatenate([np.full(len(radii), material) for _, radii, material in parts]),
    )


Part = tuple[Vector, Vector, int]


def limb(start: Vector, end: Vector, radii: list[float], material: int, bulge: Vector | None = None) -> Part:
    """Spheres from one joint to the next, their radii through these values, bent aside by `bulge` in the middle."""
    count = max(2, int(np.linalg.norm(end - start) / (SPACING * min(radii))))
    along = np.linspace(0, 1, count)
    thickness = np.interp(along, np.linspace(0, 1, len(radii)), radii)
    thickness = np.convolve(np.pad(thickness, 3, mode="edge"), np.ones(7) / 7, mode="valid")
    centres = start + along[:, None] * (end - start)
    if bulge is not None:
        centres = centres + np.sin(np.pi * along)[:, None] * bulge
    return centres, thickness, material


def ball(centre: Vector, radius: float, material: int) -> Part:
    return centre[None], np.array([radius]), material


def part_of(part: Part, start: float, end: float, material: int, thicker: float) -> Part:
    """What covers a limb between two points of it: a sleeve, a sock."""
    centres, radii, _ = part
    chosen = slice(int(start * len(radii)), int(end * len(radii)))
    return centres[chosen], radii[chosen] + thicker, material


def _parts(posture: Posture) -> Iterator[Part]:
    ankle = np.array([0.0, ANKLE_HEIGHT, 0.0])
    knee = ankle + SHIN * towards(posture.shin)
    hip = knee + THIGH * towards(-posture.thigh)
    shoulder = hip + TRUNK * towards(posture.trunk)
    for side in (-1, 1):
        yield from _leg(ankle, knee, hip, side)
        yield from _arm(shoulder, posture, side)
    yield from _trunk(hip, shoulder, posture.trunk)
    yield from _head(shoulder, posture)


def _leg(ankle: Vector, knee: Vector, hip: Vector, side: int) -> Iterator[Part]:
    low, mid, top = aside(ankle, side * 0.14), aside(knee, side * 0.15), aside(hip, side * 0.09)
    back = np.array([-0.012, 0, 0])
    shin = limb(mid, low, [0.052, 0.053, 0.057, 0.055, 0.046, 0.038, 0.034], SKIN, bulge=back)
    thigh = limb(top, mid, [0.100, 0.094, 0.086, 0.076, 0.066, 0.056], SKIN)
    yield shin
    yield thigh
    yield part_of(shin, 0.72, 1.0, SOCKS, 0.004)
    yield part_of(thigh, 0.0, 0.68, SHORTS, 0.009)
    heel, ball_of_foot, toes = (
        low + np.array([-0.045, -0.045, 0]),
        low + np.array([0.12, -0.05, 0]),
        low + np.array([0.18, -0.055, 0]),
    )
    yield limb(low + np.array([0, -0.02, 0]), ball_of_foot, [0.042, 0.040, 0.034], SHOES)
    yield limb(heel, toes, [0.036, 0.036, 0.034, 0.034, 0.028], SHOES)
    for across in (-0.02, 0.02):
        yield limb(
            heel + np.array([0, -0.028, across]), toes + np.array([0.01, -0.018, across]), [0.016, 0.016, 0.015], SOLES
        )


def _arm(shoulder: Vector, posture: Posture, side: int) -> Iterator[Part]:
    joint = aside(shoulder, side * 0.19)
    direction = -towards(-posture.arm)
    elbow = joint + UPPER_ARM * direction + np.array([0, 0, side * 0.02])
    wrist = elbow + FOREARM * -towards(-(posture.arm + posture.elbow)) - np.array([0, 0, side * 0.02])
    upper = limb(joint, elbow, [0.060, 0.054, 0.049, 0.047, 0.042, 0.037], SKIN)
    lower = limb(elbow, wrist, [0.038, 0.041, 0.039, 0.033, 0.027, 0.024], SKIN)
    yield upper
    yield lower
    yield part_of(upper, 0.0, 0.55, SHIRT, 0.009)
    along = (wrist - elbow) / FOREARM
    yield limb(wrist, wrist + 0.085 * along, [0.026, 0.033, 0.032], SKIN)
    for finger, reach in enumerate((0.155, 0.17, 0.165, 0.15)):
        spread = np.array([0.0, 0.0, (finger - 1.5) * 0.014])
        yield limb(wrist + 0.07 * along + spread, wrist + reach * along + spread, [0.011, 0.009], SKIN)
    thumb = wrist + 0.03 * along
    yield limb(thumb, thumb + 0.06 * along + np.array([0.0, 0.035, -side * 0.02]), [0.014, 0.010], SKIN)


def _trunk(hip: Vector, shoulder: Vector, lean: float) -> Iterator[Part]:
    front = np.array([np.cos(np.radians(lean)), -np.sin(np.radians(lean)), 0.0])
    along = (shoulder - hip) / TRUNK
    seat = hip - 0.01 * along - 0.015 * front
    waist = hip + 0.20 * along + 0.012 * front
    chest = hip + 0.40 * along + 0.012 * front
    for side in (-1, 1):
        yield limb(aside(seat, side * 0.075), aside(waist, side * 0.055), [0.114, 0.108, 0.096, 0.09], SHORTS)
        hem = aside(hip + 0.055 * along, side * 0.066)
        yield limb(hem, aside(chest, side * 0.072), [0.119, 0.113, 0.107, 0.106, 0.112, 0.115], SHIRT)
        yield limb(
            aside(chest, side * 0.072), aside(shoulder + 0.01 * along, side * 0.12), [0.113, 0.096, 0.076], SHIRT
        )
        across = aside(shoulder + 0.02 * along, side * 0.04), aside(shoulder - 0.005 * along, side * 0.18)
        yield limb(*across, [0.066, 0.064], SHIRT)
    yield limb(hip + 0.30 * along - 0.03 * front, shoulder - 0.01 * along - 0.02 * front, [0.09, 0.10, 0.08], SHIRT)


def _head(shoulder: Vector, posture: Posture) -> Iterator[Part]:
    lean = posture.trunk * 0.55
    up = towards(lean)
    base = shoulder + 0.03 * towards(posture.trunk)
    top_of_neck = base + 0.115 * up + 0.02 * towards(lean + 90)
    yield limb(base - 0.03 * up, top_of_neck, [0.066, 0.058, 0.056], SKIN)
    face = towards(posture.nod + 90)
    crown = towards(posture.nod)
    skull = top_of_neck + 0.075 * crown + 0.012 * face

    def at(forward: float, upward: float, side: float = 0.0) -> Vector:
        return skull + forward * face + upward * crown + np.array([0.0, 0.0, side])

    yield ball(at(0.0, 0.03), 0.093, SKIN)
    yield ball(at(0.022, 0.0), 0.083, SKIN)
    yield ball(at(0.034, -0.042), 0.062, SKIN)
    yield limb(at(-0.015, -0.06), at(0.064, -0.084), [0.044, 0.040, 0.028], SKIN)
    yield limb(at(0.100, 0.014), at(0.112, -0.018), [0.009, 0.011, 0.013], SKIN)
    yield limb(at(0.095, -0.050, -0.016), at(0.095, -0.050, 0.016), [0.007, 0.008, 0.007], LIPS)
    for side in (-1, 1):
        yield ball(at(0.081, 0.012, side * 0.034), 0.018, SKIN)
        yield ball(at(0.090, 0.014, side * 0.036), 0.0115, SOCKS)
        yield ball(at(0.0965, 0.014, side * 0.036), 0.0068, DARK)
        yield limb(at(0.098, 0.038, side * 0.014), at(0.080, 0.037, side * 0.058), [0.004, 0.005, 0.004], HAIR)
        yield limb(at(-0.014, 0.018, side * 0.088), at(-0.008, -0.026, side * 0.080), [0.017, 0.018, 0.012], SKIN)
        yield ball(at(-0.006, -0.002, side * 0.100), 0.007, LIPS)
        yield limb(at(0.004, 0.055, side * 0.060), at(0.012, 0.006, side * 0.078), [0.034, 0.012], HAIR)
    yield ball(at(-0.014, 0.044), 0.098, HAIR)
    yield ball(at(-0.034, 0.012), 0.088, HAIR)
    yield limb(at(0.046, 0.094, -0.032), at(0.046, 0.094, 0.032), [0.036, 0.040, 0.036], HAIR)
    yield ball(at(-0.045, -0.03), 0.056, HAIR)
