"""What good form is, as data: the built-in rubrics, by exercise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from analysis.core.results import Severity, View
from analysis.core.rules import OURS, Limit, Rubric, Rule, Side

VERSION: Final = 1
"""Of the rubrics below: grows with every change of a rule."""
PLANK_FRAMES: Final = "fitted to 710 labelled frames (99.6 %)"

SIDE: Final[Mapping[View, float]] = MappingProxyType({View.SIDE: 0.0})
ASIDE: Final[Mapping[View, float]] = MappingProxyType({View.SIDE: 0.0, View.THREE_QUARTER: 10.0})
FRONT: Final[Mapping[View, float]] = MappingProxyType({View.FRONT: 0.0})
ANY: Final[Mapping[View, float]] = MappingProxyType(dict.fromkeys(View, 0.0))
HEELS: Final = {"heel_lift": "Heels cannot be told: the pose model knows no keypoint of the foot but the ankle."}


def _bands(
    info: float | None = None, minor: float | None = None, major: float | None = None
) -> Mapping[Severity, float]:
    rows = ((Severity.INFO, info), (Severity.MINOR, minor), (Severity.MAJOR, major))
    return MappingProxyType({severity: limit for severity, limit in rows if limit is not None})


Bands = Mapping[Severity, float]
Views = Mapping[View, float]


def _at_most(code: str, metric: str, bands: Bands, views: Views, message: str, source: str = OURS) -> Rule:
    return Rule(code, metric, Side.AT_MOST, bands, views, message, source)


def _at_least(code: str, metric: str, bands: Bands, views: Views, message: str, source: str = OURS) -> Rule:
    return Rule(code, metric, Side.AT_LEAST, bands, views, message, source)


HIPS_FIRST: Final = _at_most(
    "hips_first",
    "hip_rise_ratio",
    _bands(major=1.3),
    SIDE,
    "Hips rise before the shoulders: push the floor away and let chest and hips come up together.",
)
SAG: Final = _at_most(
    "hips_sag",
    "hip_offset_ratio",
    _bands(minor=0.007, major=0.05),
    SIDE,
    "Hips sink: squeeze your glutes and brace, for one line from shoulders to heels.",
)
PIKE: Final = _at_least(
    "hips_high",
    "hip_offset_ratio",
    _bands(minor=-0.15),
    SIDE,
    "Hips are high: lower them into one line from shoulders to heels.",
)

EVERY_REPETITION: Final = (
    _at_least(
        "short_range",
        "range_ratio",
        _bands(info=0.8),
        ANY,
        "Shorter than the others of this set: keep the whole range, or end the set here.",
    ),
)
"""Judged in the repetitions of every exercise, with a rubric or without."""

EVERY_SET: Final = (
    _at_most(
        "slowing",
        "velocity_loss_ratio",
        _bands(info=0.2),
        ANY,
        "You slowed down towards the end: a sign that the set was getting hard.",
        "Jukic 2022: velocity loss grows with effort; no one value fits all",
    ),
    _at_most(
        "rushing",
        "hurry_ratio",
        _bands(info=0.3),
        ANY,
        "Your last repetitions were much quicker than the first: keep one rhythm.",
    ),
)
"""Judged once for the set, in every exercise."""

RUBRICS: Final[Mapping[str, Rubric]] = MappingProxyType(
    {
        rubric.profile: rubric
        for rubric in (
            Rubric(
                "squat",
                VERSION,
                "knee",
                (
                    Rule(
                        "depth",
                        "knee_angle_deg",
                        Side.AT_MOST,
                        _bands(minor=90, major=110),
                        ASIDE,
                        "Go a little deeper: hips down to the height of your knees.",
                        "IPF technical rules: hip crease below the top of the knee",
                        (Limit("hip_depth_ratio", Side.AT_LEAST, -0.10),),
                    ),
                    Rule(
                        "knees_in",
                        "knee_gap_ratio",
                        Side.AT_LEAST,
                        _bands(minor=0.7, major=0.6),
                        FRONT,
                        "Knees come in: push them out over your toes on the way up.",
                        "ours, experimental: the best published F1 for knees coming in is 0.44",
                        trust=0.5,
                    ),
                    Rule(
                        "knees_in",
                        "knee_gap_loss_ratio",
                        Side.AT_MOST,
                        _bands(minor=0.15),
                        FRONT,
                        "Knees come in more than in your best repetition: push them out over your toes.",
                        "ours, experimental",
                        trust=0.5,
                    ),
                    _at_most(
                        "chest_down",
                        "trunk_over_shin_deg",
                        _bands(minor=15, major=30),
                        SIDE,
                        "The trunk leans more than the shins: keep your chest up, your back and shins side by side.",
                        "Myer 2014: trunk parallel to the shins; bands ours",
                    ),
                    HIPS_FIRST,
                ),
                HEELS,
            ),
            Rubric(
                "deadlift",
                VERSION,
                "hip",
                (
                    HIPS_FIRST,
                    _at_least(
                        "lockout_hips",
                        "lockout_hip_deg",
                        _bands(minor=165),
                        SIDE,
                        "Finish tall: bring your hips all the way through at the top.",
                    ),
                    _at_least(
                        "lockout_knees",
                        "lockout_knee_deg",
                        _bands(minor=165),
                        SIDE,
                        "Finish with straight knees at the top.",
                    ),
                    Rule(
                        "back_round",
                        "back_ratio",
                        Side.AT_LEAST,
                        _bands(minor=0.85),
                        SIDE,
                        "Your back may be rounding: look at this moment, and brace before you pull.",
                        trust=0.5,
                    ),
                ),
                HEELS,
            ),
            Rubric(
                "push_up",
                VERSION,
                "elbow",
                (
                    _at_most(
                        "depth",
                        "elbow_least_deg",
                        _bands(minor=95, major=110),
                        SIDE,
                        "Go a little lower: upper arms level with the floor.",
                        "US Army, ATP 7-22.02: upper arms parallel to the ground; bands ours",
                    ),
                    _at_least(
                        "lockout_elbows",
                        "elbow_greatest_deg",
                        _bands(minor=155),
                        SIDE,
                        "Press all the way up until your elbows are straight.",
                    ),
                    SAG,
                    PIKE,
                ),
            ),
            Rubric(
                "plank",
                VERSION,
                "hip",
                (
                    replace(SAG, bands=_bands(minor=0.0, major=0.05), source=PLANK_FRAMES),
                    replace(PIKE, bands=_bands(minor=-0.15, major=-0.25), source=PLANK_FRAMES),
                ),
            ),
            Rubric(
                "curl",
                VERSION,
                "elbow",
                (
                    _at_most(
                        "elbow_swing",
                        "upper_arm_swing_deg",
                        _bands(minor=20, major=35),
                        SIDE,
                        "Elbows travel forward: keep them by your side.",
                    ),
                    _at_most(
                        "curl_top",
                        "elbow_least_deg",
                        _bands(minor=70),
                        SIDE,
                        "Curl a little higher at the top.",
                    ),
                    _at_least(
                        "curl_bottom",
                        "elbow_greatest_deg",
                        _bands(minor=150),
                        SIDE,
                        "Let the arms come down until they are nearly straight.",
                    ),
                    _at_most(
                        "body_swing",
                        "trunk_sway_deg",
                        _bands(minor=10, major=20),
                        SIDE,
                        "The body swings along: stand still, or take a little less weight.",
                    ),
                    _at_most(
                        "lean_back",
                        "back_lean_deg",
                        _bands(minor=12, major=22),
                        SIDE,
                        "You lean back at the top: stand tall, or take a little less weight.",
                        "fitted to 604 labelled frames",
                    ),
                ),
            ),
            Rubric(
                "overhead_press",
                VERSION,
                "elbow",
                (
                    _at_least(
                        "lockout_elbows",
                        "lockout_elbow_deg",
                        _bands(minor=160, major=130),
                        MappingProxyType({View.SIDE: 0.0, View.FRONT: 10.0, View.REAR: 10.0}),
                        "Press all the way up until your elbows are straight.",
                    ),
                    _at_most(
                        "lean_back",
                        "back_lean_deg",
                        _bands(minor=10, major=20),
                        SIDE,
                        "You lean back at the top: squeeze your glutes and keep the ribs down.",
                    ),
                    _at_most(
                        "body_swing",
                        "trunk_sway_deg",
                        _bands(minor=10, major=20),
                        SIDE,
                        "The body swings along: keep it still, or take a little less weight.",
                    ),
                    _at_most(
                        "uneven_hands",
                        "wrist_level_ratio",
                        _bands(minor=0.1),
                        FRONT,
                        "One hand is higher at the top: press both evenly.",
                    ),
                ),
            ),
            Rubric(
                "lunge",
                VERSION,
                "knee",
                (
                    _at_most(
                        "knee_forward",
                        "front_shin_lean_deg",
                        _bands(minor=19, major=29),
                        SIDE,
                        "The front knee travels far forward: take a longer step and sink straight down.",
                        "fitted to 1,107 labelled frames (95.5 %)",
                    ),
                    _at_most(
                        "depth",
                        "front_knee_angle_deg",
                        _bands(minor=125),
                        SIDE,
                        "Sink a little lower over the front leg.",
                        "Exercise-Correction",
                    ),
                    _at_least(
                        "knee_closed",
                        "front_knee_angle_deg",
                        _bands(minor=60),
                        SIDE,
                        "The front knee closes far: take a longer step.",
                        "Exercise-Correction",
                    ),
                    _at_most(
                        "lean_forward",
                        "trunk_lean_deg",
                        _bands(minor=25),
                        SIDE,
                        "Keep the trunk upright over your hips.",
                    ),
                ),
            ),
        )
    }
)
"""By the words of an exercise's `form_profile`."""
