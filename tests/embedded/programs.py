"""Small programs that stand for the web server and the worker where a test is about who supervises them."""

import sys
from pathlib import Path

from fitai.embedded.processes import Program

FAITHFUL = "import time; print('open', flush=True)\nwhile True: time.sleep(0.05)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + FAITHFUL
# Starts a second process that would outlive it and keep its port.
WITH_A_CHILD = (
    "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid); "
    + FAITHFUL
)
FRAIL = "raise SystemExit(3)"


def program(name: str, code: str, folder: Path) -> Program:
    return Program(name, (sys.executable, "-c", code), folder, {"FITAI_HOME": str(folder)})
