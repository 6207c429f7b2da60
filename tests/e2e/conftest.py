"""Which tests there are."""

from e2e.programs import FROZEN

collect_ignore = [] if FROZEN is not None else ["test_frozen.py"]
