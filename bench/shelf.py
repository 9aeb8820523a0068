"""A library of made-up exercises beside those that ship with FitAI, and what looking for one costs.

The same number of exercises is the same library; a large one is a small one with others added. Names are made as people
make them: the movement, how one stands or lies, the implement, the grip, and what is special about it.
"""

import random
import re
from collections.abc import Iterator, Sequence
from itertools import cycle

from django.db import connection

from accounts.models import User
from accounts.operations.sessions import Device, open_session, tokens_of
from bench import twins
from bench.calls import Call
from bench.loading import unchecked
from bench.twins import slipped, use
from exercises.models import Exercise
from fitai.common.ids import derived

NAMESPACE = "0b5f1a7e-6c1d-4f43-9a53-0f6f1f0a9d11"
MOVES = {
    "Bench Press": ("chest", "triceps", "horizontal_push"),
    "Chest Press": ("chest", "front_delts", "horizontal_push"),
    "Fly": ("chest", "front_delts", "chest_fly"),
    "Push-Up": ("chest", "triceps", "horizontal_push"),
    "Shoulder Press": ("front_delts", "triceps", "vertical_push"),
    "Push Press": ("front_delts", "quads", "vertical_push"),
    "Lateral Raise": ("side_delts", "traps", "shoulder_raise"),
    "Front Raise": ("front_delts", "side_delts", "shoulder_raise"),
    "Rear Delt Fly": ("rear_delts", "upper_back", "rear_fly"),
    "Upright Row": ("side_delts", "traps", "vertical_pull"),
    "Shrug": ("traps", "upper_back", "shrug"),
    "Row": ("upper_back", "lats", "horizontal_pull"),
    "Pulldown": ("lats", "biceps", "vertical_pull"),
    "Pull-Up": ("lats", "biceps", "vertical_pull"),
    "Pullover": ("lats", "chest", "shoulder_extension"),
    "Face Pull": ("rear_delts", "upper_back", "rear_fly"),
    "Curl": ("biceps", "forearms", "elbow_flexion"),
    "Hammer Curl": ("brachialis", "biceps", "elbow_flexion"),
    "Triceps Extension": ("triceps", "forearms", "elbow_extension"),
    "Kickback": ("triceps", "rear_delts", "elbow_extension"),
    "Skull Crusher": ("triceps", "chest", "elbow_extension"),
    "Wrist Curl": ("forearms", "biceps", "wrist_flexion"),
    "Squat": ("quads", "glutes", "squat"),
    "Split Squat": ("quads", "glutes", "lunge"),
    "Lunge": ("quads", "glutes", "lunge"),
    "Step-Up": ("quads", "glutes", "lunge"),
    "Leg Press": ("quads", "glutes", "squat"),
    "Leg Extension": ("quads", "hip_flexors", "knee_extension"),
    "Leg Curl": ("hamstrings", "calves", "knee_flexion"),
    "Deadlift": ("glutes", "hamstrings", "hinge"),
    "Romanian Deadlift": ("hamstrings", "glutes", "hinge"),
    "Good Morning": ("hamstrings", "lower_back", "hinge"),
    "Hip Thrust": ("glutes", "hamstrings", "hip_extension"),
    "Glute Bridge": ("glutes", "hamstrings", "hip_extension"),
    "Swing": ("glutes", "hamstrings", "hinge"),
    "Calf Raise": ("calves", "soleus", "calf_raise"),
    "Crunch": ("abs", "obliques", "core_flexion"),
    "Sit-Up": ("abs", "hip_flexors", "core_flexion"),
    "Leg Raise": ("abs", "hip_flexors", "core_flexion"),
    "Plank": ("abs", "obliques", "core_antiextension"),
    "Twist": ("obliques", "abs", "core_rotation"),
    "Side Bend": ("obliques", "abs", "core_lateral_flexion"),
    "Carry": ("forearms", "traps", "carry"),
    "Clean": ("glutes", "traps", "olympic"),
    "Snatch": ("glutes", "traps", "olympic"),
    "Thruster": ("quads", "front_delts", "squat"),
    "Jump": ("quads", "calves", "jump"),
}
GEAR = {
    "Barbell": "barbell",
    "Dumbbell": "dumbbell",
    "Kettlebell": "kettlebell",
    "Cable": "cable",
    "Machine": "machine",
    "Smith Machine": "smith",
    "EZ-Bar": "ez_bar",
    "Trap Bar": "trap_bar",
    "Band": "band",
    "Plate": "plate",
    "Medicine Ball": "medicine_ball",
    "Suspension": "suspension",
    "": "bodyweight",
}  # fmt: skip
STANCES = (
    "", "Seated", "Standing", "Incline", "Decline", "Lying", "Kneeling", "Half-Kneeling", "Bent-Over", "Staggered",
    "Chest-Supported", "Tall", "Prone", "Side-Lying", "Wall", "Floor",
)  # fmt: skip
GRIPS = (
    "", "Wide-Grip", "Close-Grip", "Neutral-Grip", "Reverse-Grip", "Single-Arm", "Alternating", "Single-Leg", "Mixed",
    "Cross-Body", "Behind-the-Back", "Overhead", "Goblet", "Zercher", "Landmine", "Suitcase",
)  # fmt: skip
TWISTS = (
    "", "with Pause", "with Tempo", "with Bands", "with Chains", "from Deficit", "from Blocks", "to Failure",
    "One and a Half", "Isometric Hold", "Drop Set", "with Rotation", "with Twist", "on Toes", "from Pins", "Burnout",
    "with Stretch", "Ladder", "Cluster", "Eccentric", "Explosive", "with Partner", "on Ball", "with Towel",
)  # fmt: skip
STEPS = (
    "Set up for the {name} and brace your trunk.",
    "Move the {gear} through the whole range under control.",
    "Keep the {muscle} working from the first to the last repetition.",
    "Breathe out on the way up and return slowly.",
)
COLUMNS = (
    "id", "slug", "name", "language", "aliases", "instructions", "mistakes", "primary_muscles", "secondary_muscles",
    "equipment", "kind", "pattern", "mechanic", "force", "difficulty", "tracking", "unilateral", "per_hand",
    "bodyweight_share", "met_code", "contraindications", "media", "form_profile", "status", "version",
    "rating_count", "commonness", "catalogue_digest", "created_at",
)  # fmt: skip
SEARCHERS = 20
SLANG = ("pecs", "rdl", "ohp", "db bench", "legs", "abs", "kb swing", "biceps curl", "cgbp", "delts", "chest machine")


def load(begin: int, end: int) -> None:
    """Add the exercises of these numbers."""
    with unchecked(), connection.cursor() as cursor:
        with cursor.copy(f"COPY exercises_exercise ({', '.join(COLUMNS)}) FROM STDIN") as stream:
            for number in range(begin, end + 1):
                stream.write_row(_row(number))
        cursor.execute("SELECT exercises_index(id) FROM exercises_exercise WHERE slug ~ '^made-[0-9]+$' AND"
                       " split_part(slug, '-', 2)::int BETWEEN %s AND %s", [begin, end])  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (FREEZE, ANALYZE)")
        cursor.execute("CHECKPOINT")


def _row(number: int) -> tuple[object, ...]:
    chance = random.Random(number)
    move, gear = chance.choice(list(MOVES)), chance.choice(list(GEAR))
    primary, secondary, pattern = MOVES[move]
    parts = (chance.choice(STANCES), chance.choice(GRIPS), gear, move, chance.choice(TWISTS))
    name = " ".join(part for part in parts if part)
    steps = [step.format(name=name, gear=gear or "body", muscle=primary.replace("_", " ")) for step in STEPS]
    kind = "strength" if gear else "bodyweight"
    return (
        derived(NAMESPACE, str(number)), f"made-{number}", name, "en", [f"{move} ({gear or 'Bodyweight'}) {number}"],
        steps,
        ["Rushing it."], [primary], [secondary], [GEAR[gear]], kind, pattern, "compound", "push",
        chance.choice(("beginner", "intermediate", "advanced")), "weight_reps", False, False, 0, "", [], "[]", "",
        "approved", 1, 0, 0, "", "2026-01-01T00:00:00Z",
    )  # fmt: skip


def measure(databases: Sequence[str], repeats: int, seed: int = 1) -> dict[str, list[dict[str, float]]]:
    """What is typed differs, and who searches; exercises of the small library are meant."""
    use(databases[0])
    searches = dict(_searches(random.Random(seed), repeats))
    tokens = {database: cycle(_tokens(database)) for database in databases}

    def call(database: str, kind: str, text: str) -> Call:
        body: dict[str, object] = {"query": text}
        if "filter" in kind:
            body |= {"muscles": ["chest", "lats", "quads"], "available_equipment": ["barbell", "dumbbell", "bench"]}
        return Call("POST", "/exercises/search", next(tokens[database]), body)

    return twins.measure(databases, searches, call, together="all of these")


def _tokens(database: str) -> list[str]:
    use(database)
    device = Device("127.0.0.1", "FitAI bench", "phone")
    people = [
        User.objects.filter(username=f"searcher{number}").first()
        or User.objects.create_person(username=f"searcher{number}", email=f"s{number}@example.org", password="!")
        for number in range(SEARCHERS)
    ]
    return [tokens_of(open_session(person, device)).access for person in people]


def _searches(chance: random.Random, repeats: int) -> Iterator[tuple[str, list[str]]]:
    """What is typed, by kind."""
    names = list(Exercise.objects.order_by("slug").values_list("name", flat=True))
    some = [chance.choice(names) for _ in range(repeats)]
    words = sorted({word for name in names for word in re.findall(r"[A-Za-z]{4,}", name)})
    yield "whole name", some
    yield "as another app writes it", [f"{name} ({chance.choice(list(GEAR)) or 'Bodyweight'})" for name in some]
    yield "two words", [" ".join(chance.sample(name.split(), 2)) if " " in name else name for name in some]
    yield "one word", [chance.choice(words) for _ in range(repeats)]
    yield "being typed", [name[: chance.randrange(2, 9)] for name in some]
    yield "one slip", [slipped(name.lower(), chance) if len(name) > 4 else name for name in some]
    yield "slang", [chance.choice(SLANG) for _ in range(repeats)]
    yield "one word, filtered", [chance.choice(words) for _ in range(repeats)]
    yield "nothing typed", [""] * repeats
