"""Words that two apps share are the same words."""

from accounts.enums import OwnedEquipment
from exercises.enums import Equipment


def test_equipment_is_that_of_the_exercise_library() -> None:
    assert set(OwnedEquipment.values) == set(Equipment.values)
