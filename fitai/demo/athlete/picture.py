"""A body in a room as a picture: spheres into a depth buffer, shaded, with their shadow on the floor."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from fitai.demo.athlete import room
from fitai.demo.athlete.body import COLOURS, SKIN, Spheres

SMOOTH: Final = 2  # pixels in each direction that one pixel of the picture is averaged from
LIGHT: Final = np.array([-0.35, 0.72, 0.60]) / np.linalg.norm([-0.35, 0.72, 0.60])
PALETTE: Final = np.array([COLOURS[material] for material in sorted(COLOURS)], np.float32)


class Studio:
    """A camera before the room: `turn_deg` is how far the person looks out of the picture's plane towards it."""

    def __init__(self, width: int, height: int, *, metres: float, floor: float = 0.90, turn_deg: float = 14) -> None:
        self.width, self.height = width, height
        self._size = width * SMOOTH, height * SMOOTH
        self._scale = self._size[1] / metres
        self._ground = int(self._size[1] * floor)
        self._turn = np.radians(turn_deg)
        self._room = room.paint(*self._size, horizon=int(self._size[1] * 0.78))
        self._x, self._y = np.meshgrid(np.arange(self._size[0]), np.arange(self._size[1]))

    def take(self, spheres: Spheres, at: float = 0.5) -> NDArray[np.uint8]:
        """The picture `[height, width, 3]`, RGB, of this body standing at this part of the width."""
        x, y, z = self._project(spheres, at)
        radii = spheres.radii * self._scale
        depth = np.full(self._size[::-1], -np.inf, np.float32)
        materials = np.zeros(self._size[::-1], np.int64)
        normals = np.zeros((*self._size[::-1], 3), np.float32)
        for index in np.argsort(z + radii):
            self._splat(depth, materials, normals, x[index], y[index], z[index], radii[index], spheres.materials[index])
        image = self._room * self._shadow(x, y, z, radii)
        body = np.isfinite(depth)
        image[body] = self._shade(depth, materials, normals, body)[body]
        small = cv2.resize(image, (self.width, self.height), interpolation=cv2.INTER_AREA)
        return (np.clip(small, 0, 1) ** (1 / 1.08) * 255).astype(np.uint8)

    def _project(self, spheres: Spheres, at: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        forward, up, right = spheres.centres.T
        across = forward * np.cos(self._turn) + right * np.sin(self._turn) * -1
        towards_camera = forward * np.sin(self._turn) + right * np.cos(self._turn)
        x = self._size[0] * at + across * self._scale
        y = self._ground - up * self._scale + towards_camera * self._scale * 0.10  # the camera looks down a little
        return x, y, towards_camera * self._scale

    def _splat(
        self, depth: np.ndarray, materials: np.ndarray, normals: np.ndarray,
        x: float, y: float, z: float, radius: float, material: int,
    ) -> None:  # fmt: skip
        left, right = max(0, int(x - radius)), min(self._size[0], int(x + radius) + 2)
        top, bottom = max(0, int(y - radius)), min(self._size[1], int(y + radius) + 2)
        if left >= right or top >= bottom:
            return
        box = np.s_[top:bottom, left:right]
        across, down = (self._x[box] - x) / radius, (self._y[box] - y) / radius
        height = 1 - across**2 - down**2
        nearer = height > 0
        height = np.sqrt(np.where(nearer, height, 0))
        nearer &= z + height * radius > depth[box]
        depth[box][nearer] = (z + height * radius)[nearer]
        materials[box][nearer] = material
        normals[box][nearer] = np.stack([across, -down, height], axis=-1)[nearer]

    def _shade(self, depth: np.ndarray, materials: np.ndarray, normals: np.ndarray, body: np.ndarray) -> np.ndarray:
        weight = cv2.GaussianBlur(body.astype(np.float32), (0, 0), 2.0)[..., None] + 1e-6
        normals = cv2.GaussianBlur(normals, (0, 0), 2.0) / weight
        normals /= np.linalg.norm(normals, axis=-1, keepdims=True) + 1e-6
        lit = np.clip(normals @ LIGHT, 0, 1)
        sky = 0.5 + 0.5 * normals[..., 1]
        filled = np.where(body, depth, 0).astype(np.float32)
        far = cv2.GaussianBlur(filled, (0, 0), 14) / (cv2.GaussianBlur(body.astype(np.float32), (0, 0), 14) + 1e-6)
        hollow = np.clip(1 - (far - filled) / (0.16 * self._scale), 0.55, 1.0)
        light = (0.30 + 0.26 * sky + 0.62 * lit) * hollow
        colour = PALETTE[materials] * light[..., None]
        half = LIGHT + np.array([0, 0, 1])
        shine = np.clip(normals @ (half / np.linalg.norm(half)), 0, 1) ** 28
        colour += np.where(materials == SKIN, 0.11, 0.02)[..., None] * shine[..., None]
        rim = (1 - np.clip(normals[..., 2], 0, 1)) ** 3
        return (colour * (1 - 0.35 * rim[..., None])).astype(np.float32)

    def _shadow(self, x: np.ndarray, y: np.ndarray, z: np.ndarray, radii: np.ndarray) -> np.ndarray:
        """What of the room's light arrives: the body darkens the floor below it, more where it is close to it."""
        dark = np.zeros(self._size[::-1], np.float32)
        contact = np.zeros(self._size[::-1], np.float32)
        for index in range(0, len(x), 3):
            ground = self._ground + z[index] * 0.10
            above = max(0.0, ground - y[index])
            spot = (int(x[index] + above * 0.22), int(ground - above * 0.05))
            cv2.ellipse(dark, spot, (int(radii[index]), int(radii[index] * 0.35)), 0, 0, 360, 1.0, -1)
            if above < 0.12 * self._scale:
                size = int(radii[index] * 1.1), int(radii[index] * 0.4)
                cv2.ellipse(contact, (int(x[index]), int(ground)), size, 0, 0, 360, 1.0, -1)
        soft = cv2.GaussianBlur(dark, (0, 0), self._scale * 0.035)
        close = cv2.GaussianBlur(contact, (0, 0), self._scale * 0.012)
        return (1 - 0.34 * soft - 0.38 * close)[..., None]
