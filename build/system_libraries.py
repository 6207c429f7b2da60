"""Lets programs that ours start, such as a browser, load the system's libraries.

The frozen program's start names its own folder in LD_LIBRARY_PATH and keeps what was there before. For this
process that is read already; whatever it starts would inherit it.
"""

import os

before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
os.environ.pop("LD_LIBRARY_PATH", None)
if before is not None:
    os.environ["LD_LIBRARY_PATH"] = before
