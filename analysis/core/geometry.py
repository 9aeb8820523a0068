"""Angles and distances in the picture along a track: points are `[T, 2]`, x to the right and y down, in pixels."""

from __future__ import annotations

import numpy as np

from analysis.core.pose import Floats


def length(vector: Floats) -> Floats:
    """`[T]` in pixels."""
    return np.hypot(vector[..., 0], vector[..., 1])


def joint_angle(a: Floats, joint: Floats, b: Floats) -> Floats:
    """`[T]` degrees between two limbs at their joint: 180 is straight."""
    u, v = a - joint, b - joint
    cross = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    return np.degrees(np.abs(np.arctan2(cross, (u * v).sum(axis=-1))))


def lean(lower: Floats, upper: Floats) -> Floats:
    """`[T]` degrees of a limb from upright, signed: positive when its upper end is to the right in the picture."""
    limb = upper - lower
    return np.degrees(np.arctan2(limb[..., 0], -limb[..., 1]))


def below_line(point: Floats, start: Floats, end: Floats) -> Floats:
    """`[T]` how far a point lies from the line between two others, over their distance: positive when below it in the
    picture. Of a hip and the line from shoulder to ankle it is the sag of a push-up."""
    line, offset = end - start, point - start
    cross = line[..., 0] * offset[..., 1] - line[..., 1] * offset[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sign(line[..., 0]) * cross / (line * line).sum(axis=-1)
