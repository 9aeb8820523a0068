"""The exercises that ship with the project are complete, consistent and written for it."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from exercises.search.text import plain

Exercise = dict[str, Any]

EXERCISES_DIR = Path(__file__).resolve().parents[2] / "exercises"
SCHEMA: dict[str, Any] = json.loads((EXERCISES_DIR / "catalogue.schema.json").read_text(encoding="utf-8"))
FILES = sorted((EXERCISES_DIR / "catalogue").glob("*.json"))
CATALOGUE: dict[str, Exercise] = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FILES}
VALIDATOR = Draft202012Validator(SCHEMA)

LANGUAGES = ("en", *SCHEMA["properties"]["translations"]["properties"])

INVERSE_RELATION = {
    "easier": "harder",
    "harder": "easier",
    "variation": "variation",
    "unilateral": "unilateral",
    "equipment": "equipment",
}

MET_BY_CODE = {
    "01200": "6.8",  # stationary bicycle, general
    "02020": "7.5",  # calisthenics, vigorous
    "02022": "3.8",  # calisthenics, moderate
    "02024": "2.8",  # calisthenics, light
    "02030": "3.5",  # calisthenics, light or moderate, general
    "02040": "7.5",  # circuit training with kettlebells, vigorous
    "02048": "5.0",  # elliptical trainer, moderate
    "02050": "6.0",  # resistance training, vigorous
    "02052": "5.0",  # resistance training, squats and deadlifts
    "02054": "3.5",  # resistance training, multiple exercises, 8-15 reps
    "02065": "9.3",  # stair treadmill, general
    "02068": "11.0",  # rope skipping, general
    "02071": "5.0",  # rowing ergometer, moderate
    "02082": "10.5",  # ski ergometer, double poling, slow to moderate speed
    "02101": "2.3",  # stretching, mild
    "12020": "7.5",  # jogging, self-selected pace
    "17035": "7.0",  # climbing hills, no load, 6-10 % grade, moderate-to-brisk pace
    "17190": "3.8",  # walking, moderate pace
    "18240": "5.8",  # swimming laps, freestyle, slow, recreational
}

LARGE_MUSCLES = {
    "chest": {"chest"},
    "back": {"lats", "upper_back"},
    "quads": {"quads"},
    "hamstrings": {"hamstrings"},
    "glutes": {"glutes"},
    "shoulders": {"front_delts", "side_delts", "rear_delts"},
    "biceps": {"biceps"},
    "triceps": {"triceps"},
    "calves": {"calves"},
    "abs": {"abs"},
}

NAMES_IN_OTHER_APPS = {
    "Warm Up": "general-warm-up",
    "Seated Leg Curl (Machine)": "seated-leg-curl",
    "Leg Extension (Machine)": "leg-extension",
    "Preacher Curl (Barbell)": "barbell-preacher-curl",
    "Calf Press (Machine)": "calf-press",
    "Triceps Extension (Cable)": "overhead-cable-triceps-extension",
    "Lat Pulldown (Cable)": "lat-pulldown",
    "Hip Abduction (Machine)": "machine-hip-abduction",
    "Hip Adduction (Machine)": "machine-hip-adduction",
    "Cable Crunch": "cable-crunch",
    "Cable Crossover Ladder": "cable-crossover",
    "Back Extension (Weighted Hyperextension)": "weighted-back-extension",
    "Chest Supported Incline Row (Dumbbell)": "chest-supported-dumbbell-row",
    "Leg Press (Machine)": "leg-press",
    "Pendlay Row (Barbell)": "pendlay-row",
    "Lateral Raise (Cable)": "cable-lateral-raise",
    "Skullcrusher (Barbell)": "skull-crusher",
    "Shoulder Press (Dumbbell)": "dumbbell-shoulder-press",
    "Bottom-Half Seated Cable Flye": "seated-cable-fly",
    "Bicep Curl (Cable)": "cable-curl",
    "Single Arm Lateral Raise (Cable)": "cable-lateral-raise",
    "Seated Shoulder Press (Machine)": "machine-shoulder-press",
    "Triceps Kickback (Cable)": "cable-triceps-kickback",
    "Squat (Barbell)": "barbell-back-squat",
    "Incline Bench Press (Dumbbell)": "incline-dumbbell-bench-press",
    "Triceps Pressdown": "triceps-pushdown",
    "Triceps Pushdown": "triceps-pushdown",
    "Bench Press (Dumbbell)": "dumbbell-bench-press",
    "Seated Cable Row - V Grip (Cable)": "seated-cable-row",
    "Shrug (Dumbbell)": "dumbbell-shrug",
    "Romanian Deadlift (Barbell)": "romanian-deadlift",
    "Seated Palms Up Wrist Curl": "wrist-curl",
    "Seated Incline Curl (Dumbbell)": "incline-dumbbell-curl",
    "Hip Thrust (Machine)": "machine-hip-thrust",
    "Seated Palms Down Wrist Curl": "reverse-wrist-curl",
    "Rear Delt Reverse Fly (Cable)": "cable-rear-delt-fly",
    "Katana Triceps Extension": "katana-triceps-extension",
    "JM Press (Barbell)": "jm-press",
    "Dragon Flag": "dragon-flag",
    "Bulgarian Split Squat": "bulgarian-split-squat",
    "Standing Calf Raise (Dumbbell)": "standing-dumbbell-calf-raise",
    "Sitting 1-Arm Lat Pulldown": "single-arm-lat-pulldown",
    "Hammer Curl (Dumbbell)": "hammer-curl",
    "Meadows Incline DB Lateral Raise": "incline-dumbbell-lateral-raise",
    "Cable 1-Arm Face Pull": "cable-face-pull",
    "Pull Up": "pull-up",
    "Seated Super- Bayesian High Cable Curl": "bayesian-cable-curl",
    "Bayesian Cable Curl": "bayesian-cable-curl",
    "Reverse Fly Single Arm (Cable)": "cable-rear-delt-fly",
    "Lying Leg Raise": "lying-leg-raise",
    "Lunge (Dumbbell)": "dumbbell-lunge",
    "Pull Up (Assisted)": "assisted-pull-up",
    "Pull Up (Band)": "band-assisted-pull-up",
    "Chest Fly (Dumbbell)": "dumbbell-fly",
    "Rear Delt Reverse Fly (Machine)": "machine-rear-delt-fly",
    "Crunch (Weighted)": "weighted-crunch",
    "Bench Press (Barbell)": "barbell-bench-press",
    "Bench Press - Close Grip (Barbell)": "close-grip-bench-press",
    "Lat Pulldown - Close Grip (Cable)": "close-grip-lat-pulldown",
    "Seated Row (Machine)": "machine-row",
    "Reverse Lunge (Dumbbell)": "dumbbell-reverse-lunge",
    "Chest Press (Machine)": "machine-chest-press",
    "Concentration Curl": "concentration-curl",
    "Hammer Curl (Cable)": "cable-hammer-curl",
    "Seated Cable Row - Bar Wide Grip": "wide-grip-seated-cable-row",
    "Wide Pull Up": "wide-grip-pull-up",
    "Incline Bench Press (Barbell)": "incline-barbell-bench-press",
    "Shrug (Cable)": "cable-shrug",
    "Standing Calf Raise (Machine)": "standing-calf-raise",
    "Pullover (Dumbbell)": "dumbbell-pullover",
    "Squat (Smith Machine)": "smith-machine-squat",
    "Glute Ham Raise": "glute-ham-raise",
    "Deadlift (Barbell)": "barbell-deadlift",
    "Overhead Press (Barbell)": "barbell-overhead-press",
    "Seated Overhead Press (Dumbbell)": "dumbbell-shoulder-press",
    "Bent Over Row (Barbell)": "barbell-row",
    "Bent Over One Arm Row (Dumbbell)": "dumbbell-row",
    "Inverted Row (Bodyweight)": "inverted-row",
    "Chest Dip (Assisted)": "assisted-dip",
    "Clean and Jerk (Barbell)": "clean-and-jerk",
    "RDL": "romanian-deadlift",
    "OHP": "barbell-overhead-press",
}


def words(name: str) -> frozenset[str]:
    """The words of a name without their order, case, accents and punctuation: "Squat (Barbell)" is "Barbell Squat"."""
    return frozenset(plain(name).split())


def texts_in(language: str, exercise: Exercise) -> dict[str, Any]:
    return exercise if language == "en" else exercise["translations"][language]


def names_of(exercise: Exercise, language: str = "en") -> list[str]:
    said = texts_in(language, exercise)
    return [said["name"], *said["aliases"]]


def sentences_of(exercise: Exercise, language: str) -> list[str]:
    said = texts_in(language, exercise)
    texts = said.get("instructions", []) + said.get("mistakes", [])
    return [sentence.lower() for text in texts for sentence in re.split(r"(?<=[.!?])\s+", text)]


def slug_of(name: str) -> str | None:
    """The exercise meant by a name of another app: all its words first, then its suffix, then what precedes it."""
    slug_by_words = {words(known): slug for slug, exercise in CATALOGUE.items() for known in names_of(exercise)}
    candidates = [name]
    if suffixed := re.fullmatch(r"(.+?) \((.+)\)", name):
        candidates += [suffixed[2], suffixed[1]]
    return next((slug_by_words[words(each)] for each in candidates if words(each) in slug_by_words), None)


def test_every_file_follows_the_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    errors = {
        slug: [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(exercise)]
        for slug, exercise in CATALOGUE.items()
    }

    assert {slug: found for slug, found in errors.items() if found} == {}
    assert len(CATALOGUE) >= 300


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nickname", "Press"),
        ("primary_muscles", ["pecs"]),
        ("primary_muscles", []),
        ("equipment", ["broomstick"]),
        ("pattern", "push"),
        ("instructions", ["Press.", "Press.", "Press."]),
        ("bodyweight_share", "1.3"),
        ("bodyweight_share", 0.64),
        ("met_code", "2054"),
        ("variations", [{"slug": "push-up", "relation": "regression"}]),
        ("form_profile", "bench"),
    ],
)
def test_schema_refuses_what_the_catalogue_does_not_know(field: str, value: object) -> None:
    exercise = deepcopy(CATALOGUE["barbell-bench-press"])
    assert VALIDATOR.is_valid(exercise)

    exercise[field] = value

    assert not VALIDATOR.is_valid(exercise)


@pytest.mark.parametrize("field", SCHEMA["properties"])
def test_schema_requires_every_field(field: str) -> None:
    exercise = deepcopy(CATALOGUE["barbell-bench-press"])

    del exercise[field]

    assert [error.validator for error in VALIDATOR.iter_errors(exercise)] == ["required"]


def test_files_are_named_by_slug_and_written_in_one_style() -> None:
    assert {path.stem: CATALOGUE[path.stem]["slug"] for path in FILES} == {path.stem: path.stem for path in FILES}

    for path in FILES:
        in_order = {field: CATALOGUE[path.stem][field] for field in SCHEMA["properties"]}
        assert path.read_text(encoding="utf-8") == json.dumps(in_order, indent=2, ensure_ascii=False) + "\n", path.name


def test_variations_resolve_and_point_both_ways() -> None:
    links = {
        (slug, other["slug"]): other["relation"]
        for slug, exercise in CATALOGUE.items()
        for other in exercise["variations"]
    }

    assert {target for _, target in links} <= CATALOGUE.keys()
    assert all(source != target for source, target in links)
    assert sum(len(exercise["variations"]) for exercise in CATALOGUE.values()) == len(links)
    assert links == {(target, source): INVERSE_RELATION[relation] for (source, target), relation in links.items()}


def test_unilateral_link_joins_a_one_sided_exercise_with_a_two_sided_one() -> None:
    pairs = [
        (exercise["unilateral"], CATALOGUE[other["slug"]]["unilateral"])
        for exercise in CATALOGUE.values()
        for other in exercise["variations"]
        if other["relation"] == "unilateral"
    ]

    assert set(pairs) == {(True, False), (False, True)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_or_alias_belongs_to_two_exercises(language: str) -> None:
    slugs_by_words = defaultdict(list)
    for slug, exercise in CATALOGUE.items():
        for name in names_of(exercise, language):
            slugs_by_words[words(name)].append(slug)

    assert {" ".join(sorted(key)): slugs for key, slugs in slugs_by_words.items() if len(slugs) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_written_twice(language: str) -> None:
    counts = Counter(sentence for exercise in CATALOGUE.values() for sentence in sentences_of(exercise, language))

    assert [sentence for sentence, count in counts.items() if count > 1] == []


@pytest.mark.parametrize(
    ("vocabulary", "used"),
    [
        (SCHEMA["$defs"]["muscle"]["enum"], lambda each: each["primary_muscles"] + each["secondary_muscles"]),
        (SCHEMA["$defs"]["equipment"]["enum"], lambda each: each["equipment"]),
        (SCHEMA["properties"]["pattern"]["enum"], lambda each: [each["pattern"]]),
        (SCHEMA["properties"]["kind"]["enum"], lambda each: [each["kind"]]),
        (SCHEMA["properties"]["tracking"]["enum"], lambda each: [each["tracking"]]),
        (SCHEMA["properties"]["form_profile"]["enum"], lambda each: [each["form_profile"]]),
        (SCHEMA["properties"]["contraindications"]["items"]["enum"], lambda each: each["contraindications"]),
    ],
    ids=["muscles", "equipment", "patterns", "kinds", "tracking", "form profiles", "contraindications"],
)
def test_every_word_of_a_vocabulary_is_used(
    vocabulary: list[str | None], used: Callable[[Exercise], list[str | None]]
) -> None:
    assert {word for exercise in CATALOGUE.values() for word in used(exercise)} == set(vocabulary)


def test_the_most_used_are_told_step_by_step_in_every_language() -> None:
    for language in LANGUAGES[1:]:
        told = [slug for slug, exercise in CATALOGUE.items() if "instructions" in exercise["translations"][language]]
        assert len(told) >= 100
        for slug in told:
            said, english = texts_in(language, CATALOGUE[slug]), CATALOGUE[slug]
            assert len(said["instructions"]) == len(english["instructions"]), slug
            assert len(said["mistakes"]) == len(english["mistakes"]), slug


@pytest.mark.parametrize(
    ("vocabulary", "field", "least"), [("muscle", "primary_muscles", 6), ("equipment", "equipment", 5)]
)
def test_every_muscle_and_equipment_has_a_choice_of_exercises(vocabulary: str, field: str, least: int) -> None:
    counts = Counter(word for exercise in CATALOGUE.values() for word in exercise[field])

    assert {word: counts[word] for word in SCHEMA["$defs"][vocabulary]["enum"] if counts[word] < least} == {}


def test_no_muscle_is_both_primary_and_secondary() -> None:
    assert [
        slug
        for slug, exercise in CATALOGUE.items()
        if set(exercise["primary_muscles"]) & set(exercise["secondary_muscles"])
    ] == []


@pytest.mark.parametrize("group", LARGE_MUSCLES)
@pytest.mark.parametrize("equipment", ["barbell", "dumbbell", "bodyweight"])
def test_large_muscles_can_be_trained_three_ways_with_the_common_equipment(group: str, equipment: str) -> None:
    found = [
        slug
        for slug, exercise in CATALOGUE.items()
        if equipment in exercise["equipment"] and LARGE_MUSCLES[group] & set(exercise["primary_muscles"])
    ]

    assert len(found) >= 3, found


def test_energy_cost_is_that_of_its_compendium_activity() -> None:
    assert {exercise["met_code"]: exercise["met"] for exercise in CATALOGUE.values()} == MET_BY_CODE
    assert [slug for slug, each in CATALOGUE.items() if MET_BY_CODE[each["met_code"]] != each["met"]] == []


def test_body_weight_counts_only_where_the_body_is_lifted() -> None:
    lifted = {"bodyweight", "assisted", "weighted_bodyweight"}
    shares = {slug: Decimal(exercise["bodyweight_share"]) for slug, exercise in CATALOGUE.items()}

    assert [slug for slug, share in shares.items() if share and not lifted & set(CATALOGUE[slug]["equipment"])] == []
    assert {slug: str(shares[slug]) for slug in ("pull-up", "push-up", "knee-push-up", "barbell-back-squat")} == {
        "pull-up": "1",
        "push-up": "0.64",
        "knee-push-up": "0.49",
        "barbell-back-squat": "0",
    }


def test_tracking_fits_the_equipment() -> None:
    assisted = {slug for slug, exercise in CATALOGUE.items() if exercise["tracking"] == "assisted_reps"}
    assert assisted == {slug for slug, exercise in CATALOGUE.items() if "assisted" in exercise["equipment"]}

    weighed = {slug for slug, exercise in CATALOGUE.items() if exercise["tracking"].startswith("weight_")}
    assert {slug for slug, exercise in CATALOGUE.items() if exercise["per_hand"]} <= weighed
    assert {slug for slug in weighed if CATALOGUE[slug]["kind"] not in ("strength", "plyometric")} == set()


def test_form_profile_belongs_to_one_movement_pattern() -> None:
    patterns = defaultdict(set)
    for exercise in CATALOGUE.values():
        if exercise["form_profile"]:
            patterns[exercise["form_profile"]].add(exercise["pattern"])

    assert {profile: found for profile, found in patterns.items() if len(found) > 1} == {}


@pytest.mark.parametrize(("name", "slug"), NAMES_IN_OTHER_APPS.items())
def test_names_of_other_apps_lead_to_the_exercise(name: str, slug: str) -> None:
    assert slug_of(name) == slug
