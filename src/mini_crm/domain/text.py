"""The gate for text: what can be stored by both databases, shown on a screen and put into a workbook.

Two kinds of characters are kept out. *Unstorable* ones are no text at all: NUL and other control
characters, halves of a surrogate pair (a byte of a command line that is no UTF-8 becomes one too), and
code points that Unicode keeps free for ever. *Marks* are text that nobody sees: zero-width blanks, soft
hyphens and whatever turns the direction of reading. Joiners stay, since emoji and some scripts need them.

Where text is typed or pasted both are dropped in silence. Where it is a name, a PIN or a setting it is
refused with the place: two names that look alike would be two.
"""

from __future__ import annotations

import re
import unicodedata

# U+FFFE and U+FFFF of each plane. Source: The Unicode Standard, 23.7 Noncharacters.
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF)
)
# All control characters but tab, line feed and carriage return, as in XML 1.0, 2.2; and all halves.
_NO_TEXT = f"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff{_NONCHARACTERS}"
_MARKS = "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0001"
_UNSTORABLE = re.compile(f"[{_NO_TEXT}]")
_MARK = re.compile(f"[{_MARKS}]")
_UNSEEN = re.compile(f"[{_NO_TEXT}{_MARKS}]")
_UNSEEN_IN_LINE = re.compile(f"[{_NO_TEXT}{_MARKS}\t\n\r\u2028\u2029]")
_LINE_END = re.compile("\r\n|[\n\r\v\f\u0085\u2028\u2029]")
_JOINER = "\u200d"
_LOOKS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
"""How the emoji before looks: as text or picture, and its skin."""


def without_unseen(text: str, *, lines: bool = False) -> str:
    """Drop what cannot be stored and what nobody sees, as a field does with what is typed or pasted.

    Args:
        text: Any.
        lines: Keep line ends (as newlines) and tabs; else they become blanks.
    """
    if text.isprintable():
        return text
    text = _UNSEEN.sub("", _LINE_END.sub("\n" if lines else " ", text))
    return text if lines else text.replace("\t", " ")


def only_storable(text: str) -> str:
    """Drop what cannot be stored, and nothing else."""
    return text if text.isprintable() else _UNSTORABLE.sub("", text)


def without_marks(text: str) -> str:
    """Drop what nobody sees, and leave what cannot be stored to be refused."""
    return text if text.isprintable() else _MARK.sub("", text)


def first_unstorable(text: str) -> tuple[int, str] | None:
    """Find the first character that cannot be stored: its position from 1, and its name ``U+007F``."""
    return None if text.isprintable() else _named(_UNSTORABLE.search(text))


def first_unseen(text: str, *, lines: bool = False) -> tuple[int, str] | None:
    """Find the first character that cannot be stored or that nobody sees.

    Args:
        text: Any.
        lines: Line ends and tabs are fine.
    """
    if text.isprintable():
        return None
    return _named((_UNSEEN if lines else _UNSEEN_IN_LINE).search(text))


def first_hidden(name: str) -> tuple[int, str] | None:
    """Find the first character of a one-line name or PIN that nobody sees.

    Stricter than ``first_unseen``: a joiner too is refused, but for those inside an emoji.
    """
    if name.isprintable():
        return None
    for at, char in enumerate(name):
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") or _UNSTORABLE.match(char):
            if not (char == _JOINER and _is_inside_emoji(name, at)):
                return at + 1, f"U+{ord(char):04X}"
    return None


def _is_inside_emoji(name: str, at: int) -> bool:
    beside = _LOOKS.sub("", name[:at])[-1:], name[at + 1 : at + 2]
    return all(side and unicodedata.category(side).startswith("S") for side in beside)


def _named(match: re.Match[str] | None) -> tuple[int, str] | None:
    return None if match is None else (match.start() + 1, f"U+{ord(match[0][0]):04X}")
