"""Draws pictures in a process of its own, so that the window has neither the plotting library nor its work.

On standard input come drawings with their sizes, pickled by the window that started this process; on standard
output go their PNG pictures. Each stands after its length in 4 bytes (big-endian). It ends with its input.
"""

from __future__ import annotations

import pickle
import signal
import struct
import sys
from typing import IO, NamedTuple

from mini_crm.ui.forecast.drawing import Drawing, load_library


class Wanted(NamedTuple):
    """A picture that is wanted; see ``Drawing.draw``."""

    drawing: Drawing
    width: int
    height: int
    dpi: float
    points: float


def main() -> None:
    """Draw until nothing more is wanted."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the window
    load_library()  # while the window is still reading what is to be drawn
    while (asked := read_frame(sys.stdin.buffer)) is not None:
        wanted: Wanted = pickle.loads(asked)  # noqa: S301 - of the process that started this one, nobody else
        write_frame(
            sys.stdout.buffer,
            wanted.drawing.draw(wanted.width, wanted.height, wanted.dpi, wanted.points),
        )


def read_frame(stream: IO[bytes]) -> bytes | None:
    """Read what stands after its length; None at the end of the stream."""
    length = stream.read(4)
    if len(length) < 4:
        return None
    size = struct.unpack(">I", length)[0]
    content = stream.read(size)
    return content if len(content) == size else None


def write_frame(stream: IO[bytes], content: bytes) -> None:
    """Write something after its length."""
    stream.write(struct.pack(">I", len(content)) + content)
    stream.flush()


if __name__ == "__main__":
    main()
