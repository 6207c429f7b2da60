#!/usr/bin/env python3
"""Make src/mini_crm/report/vba/vbaProject.bin anew from the .bas files beside it.

Needed only after a .bas file was changed, in an environment of its own:

    python3 -m venv /tmp/macro && /tmp/macro/bin/pip install ms-ovba==0.0.1
    /tmp/macro/bin/python scripts/make_macro.py

The program itself does not need ms-ovba: the macro is the same in every workbook, and what differs
(where the report is, what people read) stands in cells. ``tests/report`` checks that the file holds the
sources.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from pathlib import Path

from ms_ovba.Models.Entities.doc_module import DocModule
from ms_ovba.Models.Entities.reference import Reference
from ms_ovba.Models.Entities.reference_registered import ReferenceRegistered
from ms_ovba.Models.Entities.std_module import StdModule
from ms_ovba.Models.Fields.libid_reference import LibidReference
from ms_ovba.vbaProject import VbaProject
from ms_ovba.Views.project_ole_file import ProjectOleFile
from ms_ovba_compression.ms_ovba import MsOvba

FOLDER = Path(__file__).resolve().parent.parent / "src" / "mini_crm" / "report" / "vba"
SHEETS = 7  # summary, pipeline, trend, accuracy, changes, notes, refresh
WORKBOOK_ID = uuid.UUID("00020819-0000-0000-C000-000000000046")
SHEET_ID = uuid.UUID("00020820-0000-0000-C000-000000000046")
PROJECT_ID = "{9E394C0B-697E-4AEE-9FA6-446F51FB30DC}"
OLE_ID = uuid.UUID("00020430-0000-0000-C000-000000000046")
CLASS = """VERSION 1.0 CLASS
BEGIN
  MultiUse = -1  'True
END
Attribute VB_Name = "{name}"
Attribute VB_GlobalNameSpace = False
Attribute VB_Creatable = False
Attribute VB_PredeclaredId = True
Attribute VB_Exposed = True
"""

_given = MsOvba.copytoken_help


def _mended(difference: int) -> dict[str, int]:
    """Give the limits of a copy token; ms-ovba-compression 1.0.1 takes a far too great length."""
    limits: dict[str, int] = _given(difference)
    return limits | {"maxLength": limits["lengthMask"] + 3}  # source: MS-OVBA 2.4.1.3.19.1


def main() -> None:
    """Write the file."""
    MsOvba.copytoken_help = staticmethod(_mended)
    project = VbaProject()
    project.project_id = PROJECT_ID
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # ms-ovba leaves its parts in the working folder
        for name, class_id in [("ThisWorkbook", WORKBOOK_ID)] + [
            (f"Sheet{number}", SHEET_ID) for number in range(1, SHEETS + 1)
        ]:
            source = Path(f"{name}.cls")
            source.write_text(CLASS.format(name=name), encoding="ascii")
            document = DocModule(name)
            document.add_file(str(source.absolute()))
            document.add_guid(class_id)
            document.normalize_file()
            project.add_module(document)
        for source in sorted(FOLDER.glob("*.bas")):
            copy = Path(shutil.copy(source, source.name)).absolute()
            copy.read_text(encoding="ascii")
            module = StdModule(source.stem)
            module.add_file(str(copy))
            module.normalize_file()
            project.add_module(module)
        library = LibidReference(OLE_ID, "2.0", "0", r"C:\Windows\System32\stdole2.tlb", "OLE Automation")
        project.add_reference(Reference(ReferenceRegistered(library), "stdole"))
        ProjectOleFile.write_file(project)
        shutil.copyfile("vbaProject.bin", FOLDER / "vbaProject.bin")


if __name__ == "__main__":
    main()
