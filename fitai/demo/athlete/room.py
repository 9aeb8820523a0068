"""The room: a wall with a window's light on it, a wooden floor, a mat, and what stands about in a small gym."""

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]


def paint(width: int, height: int, horizon: int, seed: int = 3) -> Image:
    """The empty room as `[height, width, 3]`, 0 to 1; the floor begins at `horizon`."""
    random = np.random.default_rng(seed)
    image = np.zeros((height, width, 3), np.float32)
    image[:horizon] = _wall(width, horizon, random)
    image[horizon:] = _floor(width, height - horizon, random)
    board = max(2, height // 60)
    image[horizon - board : horizon] = (0.93, 0.92, 0.90)
    image[horizon - board : horizon - board + max(1, board // 6)] *= 0.8
    image[horizon : horizon + max(1, height // 160)] *= 0.55
    _rack(image, horizon)
    _plant(image, horizon, random)
    across = np.linspace(-1, 1, width)[None, :, None]
    down = np.linspace(-1, 1, height)[:, None, None]
    return np.clip(image * (1.05 - 0.16 * across**2 - 0.10 * down**2), 0, 1).astype(np.float32)


def _noise(random: np.random.Generator, height: int, width: int, size: float) -> Image:
    noise = random.normal(0, size, (height, width)).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), size), np.float32)[..., None]


def _wall(width: int, height: int, random: np.random.Generator) -> Image:
    wall = np.ones((height, width, 3), np.float32) * np.array([0.74, 0.73, 0.70], np.float32)
    wall *= np.linspace(1.0, 0.90, height, dtype=np.float32)[:, None, None]
    light = np.zeros((height, width), np.float32)
    for row in range(2):
        for column in range(2):
            x, y = width * (0.60 + 0.13 * column), height * (0.10 + 0.32 * row)
            pane = np.array([(x, y), (x + width * 0.11, y + height * 0.05), (x + width * 0.11, y + height * 0.33),
                             (x, y + height * 0.28)], np.int32)  # fmt: skip
            cv2.fillPoly(light, [pane], 1.0)
    soft = np.asarray(cv2.GaussianBlur(light, (0, 0), width / 200), np.float32)[..., None]
    wall += soft * np.array([0.13, 0.12, 0.08], np.float32)
    return wall + 0.006 * _noise(random, height, width, 1.2) + 0.01 * _noise(random, height, width, 20)


def _floor(width: int, height: int, random: np.random.Generator) -> Image:
    """Planks that run towards the wall, in perspective."""
    far, near = 1.6, 1.0
    depth = np.linspace(0, 1, height)[:, None]
    distance = 1 / (1 / far + depth * (1 / near - 1 / far))
    across = (np.linspace(-1, 1, width)[None, :]) * distance * 9
    plank = np.floor(across)
    tone = random.uniform(0.86, 1.08, 64)[(plank.astype(int)) % 64]
    seam = np.abs(across - np.round(across)) < 0.035
    grain = cv2.GaussianBlur(random.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 1.0, sigmaY=9)
    floor = (np.array([0.60, 0.45, 0.31])[None, None] * tone[..., None]).astype(np.float32)
    floor *= (1 + 0.10 * grain)[..., None]
    floor[seam] *= 0.72
    return (floor * np.linspace(0.86, 1.06, height)[:, None, None]).astype(np.float32)


def _rack(image: Image, horizon: int) -> None:
    """Dumbbells on a low rack by the wall, at the left."""
    height, width = image.shape[:2]
    unit = height / 100
    left, right = int(width * 0.03), int(width * 0.22)
    for shelf in (20, 9):
        y = int(horizon + 4 * unit - shelf * unit)
        cv2.rectangle(image, (left, y), (right, int(y + 1.3 * unit)), (0.17, 0.17, 0.19), -1, cv2.LINE_AA)
        for index in range(3):
            x = int(left + (right - left) * (0.2 + 0.3 * index))
            size = (2.6 + 0.5 * index) * unit
            for end in (-1, 1):
                x_end, y_end = int(x + end * 2.1 * unit), int(y - size * 0.95)
                axes, inner = (int(size * 0.55), int(size)), (int(size * 0.3), int(size * 0.6))
                cv2.ellipse(image, (x_end, y_end), axes, 0, 0, 360, (0.13, 0.13, 0.15), -1, cv2.LINE_AA)
                cv2.ellipse(image, (x_end - 1, y_end - 1), inner, 0, 0, 360, (0.22, 0.22, 0.25), -1, cv2.LINE_AA)
    for x in (left + int(2 * unit), right - int(2 * unit)):
        top, foot = int(horizon - 17 * unit), int(horizon + 7 * unit)
        cv2.rectangle(image, (x - int(unit), top), (x + int(unit), foot), (0.15, 0.15, 0.17), -1, cv2.LINE_AA)


def _plant(image: Image, horizon: int, random: np.random.Generator) -> None:
    height, width = image.shape[:2]
    unit = height / 100
    x, y = int(width * 0.93), int(horizon + 5 * unit)
    for _ in range(26):
        angle = random.uniform(-1.1, 1.1)
        reach = random.uniform(14, 30) * unit
        tip = (int(x + np.sin(angle) * reach * 0.8), int(y - 9 * unit - np.cos(angle) * reach))
        shade = random.uniform(0.6, 1.1)
        middle = ((x + tip[0]) // 2, (y - int(9 * unit) + tip[1]) // 2)
        axes = (int(np.hypot(tip[0] - x, tip[1] - y) * 0.42), int(1.9 * unit))
        tilt = float(np.degrees(np.arctan2(tip[1] - (y - 9 * unit), tip[0] - x)))
        cv2.ellipse(image, middle, axes, tilt, 0, 360, (0.18 * shade, 0.36 * shade, 0.17 * shade), -1, cv2.LINE_AA)
    pot = np.array([(x - 6 * unit, y - 10 * unit), (x + 6 * unit, y - 10 * unit), (x + 4.4 * unit, y + 3 * unit),
                    (x - 4.4 * unit, y + 3 * unit)], np.int32)  # fmt: skip
    cv2.fillPoly(image, [pot], (0.62, 0.34, 0.24), cv2.LINE_AA)
