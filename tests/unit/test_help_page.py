"""The page for team leads: whole, the same in both languages, with the window's own pictures and words."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from threading import Event

import pytest

from mini_crm import help_page
from mini_crm.domain.errors import BadFile, MiniCrmError
from mini_crm.help_page import page_of, show_page
from mini_crm.i18n import Texts

PICTURES = Path(__file__).parents[1] / "ui" / "pictures"
LANGUAGES = pytest.mark.parametrize("language", ["ru", "en"])
EMPTY = {"meta", "link", "img"}


class Page(HTMLParser):
    """A page taken apart; an element that is not closed where it should be fails."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.pictures: list[tuple[str, str]] = []
        self.words = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what it has."""
        given = dict(attrs)
        self.tags.append(tag)
        if tag not in EMPTY:
            self.open.append(tag)
        self.links += [given[name] or "" for name in ("href", "src") if name in given]
        self.ids += [given["id"] or ""] if "id" in given else []
        if tag == "img":
            self.pictures.append((given["src"] or "", given["alt"] or ""))

    def handle_endtag(self, tag: str) -> None:
        """Compare with what was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.words += data


def page(language: str) -> Page:
    """Read a page."""
    return Page(page_of(language).read_text("utf-8"))


@LANGUAGES
def test_everything_on_the_page_is_there(language: str) -> None:
    """Each link leads to a file beside the page or to a place on it; nothing is fetched from elsewhere."""
    found = page(language)
    for link in found.links:
        if link.startswith("#"):
            assert link[1:] in found.ids
        else:
            assert (page_of(language).parent / link).is_file(), link
    assert all(words for _, words in found.pictures)


def test_both_languages_say_the_same() -> None:
    """The two pages have the same parts in the same order, and the same pictures."""
    russian, english = page("ru"), page("en")
    assert russian.tags == english.tags
    assert russian.ids == english.ids
    assert [name for name, _ in russian.pictures] == [name for name, _ in english.pictures]


@LANGUAGES
def test_pictures_are_the_windows(language: str) -> None:
    """A picture on the page is the last one that was taken of the window, and none lies there unused."""
    shown = {name for name, _ in page(language).pictures}
    assert shown == {path.name for path in page_of(language).parent.glob("*.png")}
    for name in shown:
        taken = PICTURES / f"{Path(name).stem}.{language}.png"
        assert (page_of(language).parent / name).read_bytes() == taken.read_bytes(), name


@LANGUAGES
def test_words_are_the_windows(language: str) -> None:
    """What the page calls by name is called so in the window, and every key of the hint line is explained."""
    texts, words = Texts(language), page(language).words.lower()
    for said in (
        "From open entries", "From new entries", "Likely range", "How we get paid", "moved",
        "Accuracy of past forecasts", "Win rate", "Compute again", "Commitment", "Target",
    ):  # fmt: skip
        assert texts.gettext(said).lower() in words, said
    hint = texts.gettext(
        "Ctrl+Enter save · Ctrl+F search · F6 paid · F7 refused · F8 expected · F3 history · F9 why"
    )
    for key in re.findall(r"Ctrl\+\w+|F\d", hint):
        assert key.lower() in words


@LANGUAGES
def test_the_page_is_opened_by_its_address(language: str) -> None:
    """The browser is given the file's whole address."""
    opened: list[str] = []
    show_page(language, lambda address: opened.append(address) is None)
    assert opened == [page_of(language).as_uri()]


def test_a_page_that_cannot_be_shown_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a browser the place of the page is said; so is a page that was not copied along."""
    with pytest.raises(MiniCrmError) as refused:
        show_page("ru", lambda address: False)
    assert (refused.value.code, refused.value.data["path"]) == ("help_not_shown", str(page_of("ru")))
    monkeypatch.setattr(help_page, "__file__", str(tmp_path / "help_page.py"))
    with pytest.raises(BadFile, match="help_missing"):
        show_page("ru", lambda address: True)


def test_browser_that_does_not_answer_is_not_waited_for() -> None:
    """A browser that hangs, or answers only when it is closed, is left alone, and the page is named."""
    closed = Event()
    with pytest.raises(MiniCrmError) as caught:
        show_page("ru", lambda address: closed.wait(60), seconds=0.2)
    closed.set()
    assert caught.value.code == "help_not_answered"
    assert caught.value.data["path"] == str(page_of("ru"))


def test_browser_that_fails_is_no_silence() -> None:
    """An error of the browser comes to whoever asked."""

    def fail(address: str) -> bool:
        raise OSError(5, "no such application")

    with pytest.raises(OSError, match="no such application"):
        show_page("en", fail)
