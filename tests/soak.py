"""What runs in full only in `make soak`."""

import os
from typing import Final

import pytest

SOAK: Final = bool(os.environ.get("FITAI_SOAK"))
only_in_soak = pytest.mark.skipif(not SOAK, reason="takes a minute: make soak")
