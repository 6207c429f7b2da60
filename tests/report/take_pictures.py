"""Pictures of every sheet of the report, in both languages: ``python tests/report/take_pictures.py``.

LibreOffice prints the workbooks of a demo company that lived through a week and has its past recalculated,
and ``pdftoppm`` (Debian: poppler-utils) makes pictures of the first page of each sheet:
``tests/report/pictures/SHEET.LANGUAGE.png``.
Look at them after every change: no ####, no cut heads, charts with data.
"""

from __future__ import annotations

import argparse
import secrets
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

from PIL import Image, ImageChops

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1] / "src"), str(HERE.parent)]

from mini_crm.commands.demo import Past  # noqa: E402
from mini_crm.domain.credentials import PasswordKind, new_kdf, new_token, verifier_of  # noqa: E402
from mini_crm.domain.model import Report  # noqa: E402
from mini_crm.domain.period import month_of  # noqa: E402
from mini_crm.i18n import Texts  # noqa: E402
from mini_crm.report.live import Server, write_live  # noqa: E402
from mini_crm.report.workbook import write_report  # noqa: E402
from mini_crm.store.sqlite import SqliteStore  # noqa: E402
from mini_crm.usecases.backtest import keep_record  # noqa: E402
from mini_crm.usecases.demo import make_demo  # noqa: E402
from report.office import Office  # noqa: E402

TITLES = {
    "pipeline": "Expected sales by lead, manager and client",
    "trend": "How the forecast moved",
    "accuracy": "How well the forecasts met what came",
    "paying": "How the company gets paid",
    "changes": "What has moved the forecast",
    "notes": "Notes",
    "refresh": "How this workbook stays new",
}
"""Each sheet but the first by its title."""

WIDTH = 1500


def demo_report(folder: Path) -> Report:
    """Make the demo company with its history, and commitments of half the leads."""
    past = Past("pictures")
    store = past.store = SqliteStore.create(folder / "demo.sqlite", clock=past, time_zone="Europe/Moscow")
    make_demo(store, today=store.get_today(), seed=1, entries=8000, lived=past)
    keep_record(store, "pictures")
    store.aggregate_forecast(None, "pictures")
    month = month_of(store.get_today())
    for row in [row for row in store.get_company_forecast().leads if row.period == month][::2]:
        assert row.lead_id is not None
        key, token = secrets.token_bytes(32), new_token()
        store.set_credential(
            row.lead_id, PasswordKind.CODE, new_kdf(), verifier_of(key), must_change=False, by="pictures"
        )
        store.sign_in(row.lead_name, key, token, "pictures")
        store.set_commitment(
            token, uuid4(), month, row.unit, Decimal(round(row.forecast * 1.1, -3) or 30), ""
        )
    report = store.get_report()
    store.close()
    return report


def pages(printed: Path) -> list[str]:
    """Give the first line of each page."""
    text = subprocess.run(["pdftotext", "-layout", printed, "-"], capture_output=True, check=True).stdout
    return [(page.strip().splitlines() or [""])[0].strip() for page in text.decode().split("\f")]


def take(printed: Path, page: int, target: Path) -> None:
    """Make a picture of a page, without the white around it."""
    command = ["pdftoppm", "-r", "130", "-f", str(page), "-l", str(page), "-singlefile", "-png"]
    subprocess.run([*command, printed, target.with_suffix("")], check=True)
    picture = Image.open(target).convert("RGB")
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    assert box is not None
    picture = picture.crop((box[0] - 12, box[1] - 12, box[2] + 12, box[3] + 12))
    picture.thumbnail((WIDTH, WIDTH))
    picture.quantize(200, dither=Image.Dither.NONE).save(target, optimize=True)
    print(target.name)


def main() -> None:
    """Write the workbooks, print them, and keep a picture of each sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "pictures")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        office = Office(folder / "profile")
        report = demo_report(folder)
        for language in ("ru", "en"):
            texts = Texts(language)
            book = write_report(report, folder / f"{language}.xlsm", texts, follows="report.xlsx")
            printed = office.convert(book, "pdf", folder)
            firsts = pages(printed)
            take(printed, 1, out / f"summary.{language}.png")
            for sheet, title in TITLES.items():
                take(printed, firsts.index(texts.gettext(title)) + 1, out / f"{sheet}.{language}.png")
            live = write_live(folder / f"live-{language}.xlsx", Server("sql.example.org", "mini_crm"), texts)
            take(office.convert(live, "pdf", folder), 1, out / f"live.{language}.png")


if __name__ == "__main__":
    main()
