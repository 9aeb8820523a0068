"""What other catalogues leave open, told from the name and from what kind of exercise it is."""

from collections.abc import Iterable

from exercises.enums import Equipment, Force, Kind, Muscle, Tracking
from exercises.search.text import plain
from exercises.sources.vocabulary import vocabulary

LONGEST_NAME_OF_GEAR = 2  # words
WEIGHTS = frozenset(
    {
        Equipment.BARBELL,
        Equipment.DUMBBELL,
        Equipment.KETTLEBELL,
        Equipment.CABLE,
        Equipment.MACHINE,
        Equipment.SMITH,
        Equipment.EZ_BAR,
        Equipment.TRAP_BAR,
        Equipment.WEIGHTED_BODYWEIGHT,
        Equipment.PLATE,
        Equipment.MEDICINE_BALL,
    }
)


def gear_in(name: str) -> list[str]:
    """The equipment that a name speaks of: "Suspended Row" needs straps."""
    words = plain(name).split()
    phrases = [words[at : at + length] for length in range(LONGEST_NAME_OF_GEAR, 0, -1) for at in range(len(words))]
    found = (vocabulary()["named"].get(" ".join(phrase)) for phrase in phrases)
    return list(dict.fromkeys(gear for gear in found if gear))


def delt_in(name: str, *, helps_to_pull: bool) -> Muscle:
    """Which part of the shoulder, where a catalogue says "shoulders" only."""
    words = set(plain(name).split())
    if words & {"rear", "reverse", "face"} or helps_to_pull:
        return Muscle.REAR_DELTS
    if words & {"lateral", "side", "upright"}:
        return Muscle.SIDE_DELTS
    return Muscle.FRONT_DELTS


def is_weight(equipment: Iterable[str]) -> bool:
    """Whether a weight is written down for it."""
    return bool(set(equipment) & WEIGHTS)


def tracking(kind: Kind, force: str, equipment: Iterable[str]) -> Tracking:
    """What is written down of a set, from what kind of exercise it is."""
    if kind is Kind.CARDIO:
        return Tracking.DISTANCE_TIME
    if kind is Kind.MOBILITY:
        return Tracking.TIME
    if Equipment.ASSISTED in equipment:
        return Tracking.ASSISTED_REPS
    weight = is_weight(equipment)
    if force == Force.STATIC:
        return Tracking.WEIGHT_TIME if weight else Tracking.TIME
    return Tracking.WEIGHT_REPS if weight else Tracking.REPS
