"""LibreOffice for the tests: it converts, recalculates and runs macros without a screen."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

SOFFICE = shutil.which("soffice")
TIMEOUT_S = 90

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel"
 oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""Everything is calculated again on loading; macros may run."""

_LIBRARIES = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library"
 xmlns:xlink="http://www.w3.org/1999/xlink">
<library:library library:name="Standard" xlink:href="$(USER)/basic/Standard/script.xlb/" xlink:type="simple"
 library:link="false"/>
</library:libraries>
"""
_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"
 library:readonly="false" library:passwordprotected="false"><library:element library:name="Runner"/>
</library:library>
"""
_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Runner"
 script:language="StarBasic">{code}</script:module>
"""
_RUNNER = """
Function Named(Name, Value)
  Dim Property As New com.sun.star.beans.PropertyValue
  Property.Name = Name
  Property.Value = Value
  Named = Property
End Function

Sub Main
  Dim Book, Script
  Book = StarDesktop.loadComponentFromURL("{book}", "_blank", 0, _
    Array(Named("Hidden", True), Named("MacroExecutionMode", 4)))
  For Each Macro In Array({macros})
    Script = Book.getScriptProvider().getScript( _
      "vnd.sun.star.script:VBAProject." & Macro & "?language=Basic&location=document")
    Script.invoke(Array(), Array(), Array())
  Next
  Book.storeToURL("{target}", Array(Named("FilterName", "Calc MS Excel 2007 XML")))
  Book.close(True)
  StarDesktop.terminate()
End Sub
"""


class Office:
    """LibreOffice with a profile of its own.

    Args:
        profile: A folder for it.
    """

    def __init__(self, profile: Path) -> None:
        """Set the profile up."""
        self._profile = profile.absolute()
        user = profile / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")

    def convert(self, path: Path, kind: str, folder: Path) -> Path:
        """Open a file, calculate it, and store it as another kind, such as ``pdf``."""
        self._run("--convert-to", kind, "--outdir", str(folder), str(path))
        return folder / f"{path.stem}.{kind.split(':')[0]}"

    def run_macros(self, book: Path, macros: Sequence[str], target: Path) -> None:
        """Open a workbook, run macros of it one after the other, and store what it became.

        Args:
            book: The workbook.
            macros: Such as ``Module.Sub``.
            target: Where it is stored, as .xlsx.
        """
        library = self._profile / "user" / "basic" / "Standard"
        if not library.exists():
            self._run("--terminate_after_init")  # makes the rest of the profile
        library.mkdir(parents=True, exist_ok=True)
        (library.parent / "script.xlc").write_text(_LIBRARIES, encoding="utf-8")
        (library / "script.xlb").write_text(_LIBRARY, encoding="utf-8")
        code = _RUNNER.format(
            book=book.as_uri(),
            macros=", ".join(f'"{macro}"' for macro in macros),
            target=target.as_uri(),
        )
        (library / "Runner.xba").write_text(
            _MODULE.format(code=escape(code, {'"': "&quot;"})), encoding="utf-8"
        )
        self._run("macro:///Standard.Runner.Main", waits_for=target)

    def _run(self, *arguments: str, waits_for: Path | None = None) -> None:
        """Run it to its end; where its own end hangs, it is enough that a file was written."""
        assert SOFFICE is not None
        command = [SOFFICE, f"-env:UserInstallation={self._profile.as_uri()}", "--headless", *arguments]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        end = time.monotonic() + TIMEOUT_S
        try:
            while process.poll() is None and time.monotonic() < end:
                if waits_for is not None and waits_for.exists():
                    process.wait(2)
                time.sleep(0.1)
        except subprocess.TimeoutExpired:
            pass  # what it was to write is there
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
