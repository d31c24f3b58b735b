"""A script becomes pictures: the scene, the people in it from far to near, the counter, the camera."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from nigoh.domain.frame import Pixels
from nigoh.domain.sighting import PersonId
from nigoh.testing.camera import Camera
from nigoh.testing.clip_options import ClipOptions
from nigoh.testing.compositing import Region, Sprite, lay_over, smear
from nigoh.testing.cutout import SIDE, UP, Cutout
from nigoh.testing.lobby import paint_lobby
from nigoh.testing.passers_by import Screen, passers_by
from nigoh.testing.walk import ClipScript, Walk, Waypoint

_STEP_HZ = 1.8
_BOB = 0.03  # how far a step lifts the head, in face heights
_ROLL_DEG = 2.0
_LIGHT = 0.12  # how much darker it is between two lamps


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """Who can be shown: for each person at least one cutout."""

    people: Mapping[PersonId, Sequence[Cutout]]

    def __post_init__(self) -> None:
        if any(not cutouts for cutouts in self.people.values()):
            raise ValueError("each person of a cast has at least one cutout")

    def cutout(self, walk: Walk) -> Cutout:
        """What is seen on a walk."""
        cutouts = self.people[walk.person]
        return cutouts[walk.photo % len(cutouts)]


@dataclass(frozen=True, slots=True)
class Pose:
    """How a face is shown at one moment: centre and height in the scene (pixels), roll (degrees)."""

    x_px: float
    y_px: float
    face_px: float
    roll_deg: float


def pose_of(walk: Walk, place: Waypoint) -> Pose:
    """A place on a walk with the bob and the roll of somebody who walks."""
    swing = np.pi * _STEP_HZ * (place.t_s - walk.enter_s)
    lift = float(_BOB * place.face_px * abs(np.sin(swing)))
    return Pose(place.x_px, place.y_px - lift, place.face_px, float(_ROLL_DEG * np.sin(swing)))


class ClipRenderer:
    """Owns the scene and the camera of one clip; makes its pictures in order or each by itself."""

    def __init__(self, script: ClipScript, cast: Cast, options: ClipOptions) -> None:
        self._script, self._cast, self._options = script, cast, options
        self._camera = Camera(options)
        self._margin = margin = self._camera.motion.margin_px
        size = options.width_px + 2 * margin, options.height_px + 2 * margin
        self._counter_top = options.counter_top_px + margin
        self._lobby = paint_lobby(*size, self._counter_top, options.seed)
        self._passers_by = passers_by(options, count=0 if options.still else 3)
        self._screen = Screen(self._lobby.screen, options.seed)

    def pictures(self) -> Iterator[Pixels]:
        """All pictures of the clip, (height, width, 3) uint8 BGR."""
        return (self.picture(index) for index in range(self._options.frames))

    def picture(self, index: int) -> Pixels:
        """One picture, counted from 0; the same however many were made before."""
        t_s = self._options.time_of(index)
        scene = self._lobby.room.copy()
        self._screen.draw(scene, 0 if self._options.still else t_s)
        for passer_by in self._passers_by:
            passer_by.draw(scene, t_s)
        for walk, place in self._script.present(t_s):
            self._draw(scene, walk, place)
        scene[self._counter_top :] = self._lobby.counter
        return self._camera.take(scene, index)

    def _draw(self, scene: Pixels, walk: Walk, place: Waypoint) -> None:
        pose = pose_of(walk, place)
        open_s = self._options.blur / self._options.fps
        speed_x, speed_y = walk.velocity(place.t_s, 1 / self._options.fps)
        trail = speed_x * open_s, speed_y * open_s
        region = self._region(pose, max(map(abs, trail)))
        if region.empty:
            return
        sprite = smear(_show(self._cast.cutout(walk), pose, self._margin, region), *trail)
        lay_over(scene, _lit(sprite, self._light(pose.x_px)), region.x1, region.y1)

    def _region(self, pose: Pose, trail_px: float) -> Region:
        """What part of the scene somebody covers, cut to the scene above the counter."""
        reach = SIDE * pose.face_px * 1.05 + trail_px
        x, y = pose.x_px + self._margin, pose.y_px + self._margin
        return Region(
            max(int(x - reach), 0),
            max(int(y - UP * pose.face_px - trail_px), 0),
            min(int(x + reach) + 1, self._options.width_px + 2 * self._margin),
            min(int(y + 9 * pose.face_px) + 1, self._counter_top),
        )

    def _light(self, x_px: float) -> float:
        """Brightest under the four lamps."""
        return float(1 - _LIGHT * np.sin(np.pi * (4 * x_px / self._options.width_px)) ** 2)


def _show(cutout: Cutout, pose: Pose, margin_px: int, region: Region) -> Sprite:
    """The part of a cutout that falls into a region of the scene, at the pose's size, place and roll."""
    row = cutout.level_for(pose.face_px)
    level, level_face_px = cutout.levels[row], cutout.face_px[row]
    turn = cv2.getRotationMatrix2D(
        (level.shape[1] / 2, UP * level_face_px), pose.roll_deg, pose.face_px / level_face_px
    )
    turn[0, 2] += pose.x_px + margin_px - region.x1 - level.shape[1] / 2
    turn[1, 2] += pose.y_px + margin_px - region.y1 - UP * level_face_px
    return np.asarray(cv2.warpAffine(level, turn, region.size, flags=cv2.INTER_LINEAR), dtype=np.uint8)


def _lit(sprite: Sprite, light: float) -> Sprite:
    return np.asarray(cv2.multiply(sprite, np.array([light, light, light, 1.0])), dtype=np.uint8)
