"""A short storm of real clicks and keys; the long one is ``python3 scripts/dev.py storm``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

STORM = Path(__file__).parent / "storm.py"


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform != "linux", reason="the keys come from an X server")
def test_the_program_comes_through_a_short_storm() -> None:
    """After 300 clicks and keys the program is alive, its log has no error, its database is sound."""
    command = [sys.executable, str(STORM), "--seed", "11", "--events", "300", "--least", "0"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=280)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "300 clicks and keys" in done.stdout
