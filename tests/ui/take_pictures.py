"""Pictures of every window and dialog, in both languages: ``python tests/ui/take_pictures.py``.

They are written to ``tests/ui/pictures/NAME.LANGUAGE.png`` (or to ``--out``) from the demo company, on a
virtual screen of its own; the help page gets copies of those that it shows. ``--scaling 200`` shows how it
looks on a screen that is scaled to 200 %. ``--sizes`` takes pictures of the whole screen, with a task bar, in
several sizes instead, of a lead with one and with three units.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
HELP = HERE.parents[1] / "src" / "mini_crm" / "help"
sys.path[:0] = [str(HERE.parents[1] / "src"), str(HERE.parent)]

from mini_crm.domain.credentials import PasswordKind, derive_key  # noqa: E402
from mini_crm.domain.errors import DatabaseUnreachable  # noqa: E402
from mini_crm.domain.model import Session  # noqa: E402
from mini_crm.store.sqlite import SqliteStore  # noqa: E402
from mini_crm.ui.app import App, make_root  # noqa: E402
from mini_crm.ui.main_window import MainWindow, Surroundings  # noqa: E402
from mini_crm.ui.memory import Memory  # noqa: E402
from mini_crm.ui.sign_in.password_dialogs import PasswordDialog, ask_new_password, ask_to_sign_in_again  # noqa: E402
from mini_crm.ui.widgets.dialogs import Dialog  # noqa: E402
from mini_crm.usecases.accounts import Slip, issue_passwords  # noqa: E402
from mini_crm.usecases.demo import make_demo  # noqa: E402
from mini_crm.usecases.signing import SignedIn  # noqa: E402
from ui.company_pictures import Companies, company_pictures, make_companies  # noqa: E402
from ui.conftest import picture_of_the_screen  # noqa: E402
from ui.entries_pictures import entries_pictures  # noqa: E402
from ui.forecast_pictures import PastClock, compute_days, forecast_pictures  # noqa: E402
from virtual_screen import virtual_screen  # noqa: E402

SEED = 1
ENTRIES = 8000
SIZES = [
    ("1024x640", 100, 1), ("1024x640", 100, 3), ("1366x768", 100, 1), ("1366x768", 100, 3),
    ("1366x768", 125, 3), ("1366x768", 150, 3), ("1920x1080", 100, 1), ("1920x1080", 100, 3),
    ("2560x1440", 200, 3),
]  # fmt: skip
"""Of the screen, its scaling in per cent, and the units of the lead."""


@dataclass
class Studio:
    """Everything that a picture needs.

    Attributes:
        slip: Name and password of the lead whose window is shown.
    """

    app: App
    store: SqliteStore
    around: Surroundings
    slip: Slip
    out: Path
    language: str

    def live(self, seconds: float = 0.3) -> None:
        """Let the window live a little."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.root.update()
            time.sleep(0.005)

    def wait(self, condition: Callable[[], object]) -> None:
        """Let the window live until something is true."""
        end = time.monotonic() + 20
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("it did not happen")
            self.live(0.02)

    def shoot(self, name: str) -> None:
        """Take a picture of the program's window, with what is over it."""
        self.live()
        root = self.app.root
        x, y = root.winfo_rootx(), root.winfo_rooty()
        box = (x, y, x + root.winfo_width(), y + root.winfo_height())
        path = self.out / f"{name}.{self.language}.png"
        picture = picture_of_the_screen(box)
        picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
        print(path.name)

    @property
    def dialogs(self) -> list[Dialog]:
        """The dialogs on the screen."""
        return [child for child in self.app.root.winfo_children() if isinstance(child, Dialog)]

    def close_dialogs(self) -> None:
        """Close them all."""
        for dialog in reversed(self.dialogs):
            dialog.close()
        self.live(0.1)

    def sign_in(self, slip: Slip | None = None) -> MainWindow:
        """Sign the lead in, or somebody else."""
        slip = slip or self.slip
        assert self.app.login is not None
        self.app.login.on_sign_in(slip.lead_name, slip.password)
        self.wait(lambda: self.app.main is not None)
        assert self.app.main is not None
        self.live(1.5)
        return self.app.main


def login_pictures(studio: Studio) -> None:
    """The sign-in window: empty, filtering, wrong password, no database."""
    app = studio.app
    app.show_login()
    view = app.login
    assert view is not None
    studio.wait(lambda: view.name.input.names)
    view.show_name("")
    view.name.input.focus_force()
    studio.shoot("sign_in")
    view.name.input.insert(0, studio.slip.lead_name[0].lower())
    view.name.input.event_generate("<KeyRelease>", keysym="a")
    studio.shoot("sign_in_names")
    view.show_name(studio.slip.lead_name)
    view.on_sign_in(studio.slip.lead_name, "0000-0000-0000")
    studio.wait(lambda: view.banner.sentence)
    studio.shoot("sign_in_wrong")
    working = studio.around.connect
    studio.around.connect = _unreachable
    app.show_login()
    assert app.login is not None
    broken = app.login
    broken.show_name(studio.slip.lead_name)
    studio.wait(lambda: broken.banner.sentence)
    studio.shoot("sign_in_unreachable")
    studio.around.connect = working
    app.show_login()


def password_pictures(studio: Studio, main: MainWindow) -> None:
    """The dialogs about the password."""
    app = studio.app
    session: Session = main.desk.session
    signed_in = SignedIn(session, main.desk.token, b"")
    dialog: PasswordDialog = ask_new_password(
        main, app.theme, main.login_parts(), signed_in, lambda new: None, lambda: None, must=True
    )
    dialog.proposal.invoke()
    dialog.show_code("7KQM-2XWD-HV9R")
    studio.shoot("must_change")
    studio.close_dialogs()
    ask_new_password(
        main, app.theme, main.login_parts(), signed_in, lambda new: None, lambda: None, must=False
    )
    studio.shoot("change_password")
    studio.close_dialogs()
    ask_to_sign_in_again(
        main, app.theme, main.login_parts(), session.lead_name, lambda new: None, lambda: None
    )
    studio.shoot("sign_in_again")
    studio.close_dialogs()


def take(studio: Studio, companies: Companies) -> None:
    """Take all pictures in one language."""
    login_pictures(studio)
    main = studio.sign_in()
    entries_pictures(studio, main)
    forecast_pictures(studio, main)
    password_pictures(studio, main)
    main.leave()
    company_pictures(studio, companies)


def bring_to_help(language: str) -> None:
    """Copy the pictures that the help page has anew: a program has no tests beside it."""
    for old in (HELP / language).glob("*.png"):
        shutil.copyfile(HERE / "pictures" / f"{old.stem}.{language}.png", old)


def take_sizes(out: Path, languages: Sequence[str]) -> None:
    """Show both pages on screens of several sizes, each with a task bar."""
    for size, scaling, units in SIZES:
        for language in languages:
            child = [sys.executable, str(HERE / "sized_child.py"), size, str(scaling), str(units), language]
            subprocess.run([*child, str(out)], check=True)


def _unreachable() -> SqliteStore:
    raise DatabaseUnreachable("database_unreachable")


def main() -> None:
    """Make the demo company and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "pictures")
    parser.add_argument("--screen", default="1180x720", help="size of the screen, such as 1024x640")
    parser.add_argument("--scaling", type=int, default=100, help="of the screen, in per cent")
    parser.add_argument("--language", choices=["ru", "en"], action="append")
    parser.add_argument("--sizes", action="store_true", help="whole screens of several sizes instead")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    if arguments.sizes:
        take_sizes(arguments.out, arguments.language or ["ru", "en"])
        return
    with virtual_screen(arguments.screen, always=True), tempfile.TemporaryDirectory() as folder:
        clock = PastClock()
        store = SqliteStore.create(Path(folder) / "demo.sqlite", clock=clock)
        today = store.get_today()
        demo = make_demo(store, today=today, seed=SEED, entries=ENTRIES)
        compute_days(store, clock)
        leads = [lead for lead in store.list_leads() if lead.name == demo.slips[0].lead_name]
        (slip,) = issue_passwords(store, leads, PasswordKind.CODE, "pictures")
        around = Surroundings(
            connect=lambda: store,
            disconnect=store.close,
            database="demo.sqlite",
            address="sqlite:///demo.sqlite",
            memory=Memory(),
            computer="pictures",
            derive=derive_key,
            outbox_folder=Path(folder) / "outbox",
        )
        companies = make_companies(Path(folder))
        root = make_root(96 / 72 * arguments.scaling / 100)
        app = App(root, around, "ru")
        app.start()
        width, _, height = arguments.screen.partition("x")
        root.minsize(1, 1)
        root.geometry(f"{width}x{height}+0+0")
        root.update()
        for language in arguments.language or ["ru", "en"]:
            app.switch_language(language)
            take(Studio(app, store, around, slip, arguments.out, language), companies)
            if arguments.out == HERE / "pictures":
                bring_to_help(language)
        app.close()


if __name__ == "__main__":
    main()
