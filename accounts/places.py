"""Where people are, as coarsely as others may learn it: fields of the map a quarter of a degree wide and high.

A fixed grid, and never a distance: however often somebody asks from different places, they learn the field (up to
28 km) and nothing finer. `accounts_cell` of the database says the same as `cell_of`.
"""

import math
from decimal import Decimal

PER_DEGREE = 4
ROWS, COLUMNS = 180 * PER_DEGREE + 1, 360 * PER_DEGREE


def cell_of(latitude: Decimal, longitude: Decimal) -> int:
    """The field that a place, in degrees, is in."""
    row, column = _row_and_column(latitude, longitude)
    return row * COLUMNS + column


def cells_around(latitude: Decimal, longitude: Decimal) -> list[int]:
    """The field of a place and the eight around it; the map is round from east to west."""
    row, column = _row_and_column(latitude, longitude)
    rows = [other for other in (row - 1, row, row + 1) if 0 <= other < ROWS]
    return [other * COLUMNS + (column + step) % COLUMNS for other in rows for step in (-1, 0, 1)]


def _row_and_column(latitude: Decimal, longitude: Decimal) -> tuple[int, int]:
    return math.floor((latitude + 90) * PER_DEGREE), math.floor((longitude + 180) * PER_DEGREE) % COLUMNS
