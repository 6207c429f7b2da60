"""The workbook that asks SQL Server itself: its parts, against ECMA-376 and against the views."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from mini_crm.domain.errors import BadFile
from mini_crm.i18n import Texts
from mini_crm.report.live import Server, write_live
from mini_crm.report.queries import queries
from report.office import Office

SERVER = Server("sql.example.org,1433", "mini_crm")
VIEWS = Path(__file__).parents[2] / "sql" / "mssql" / "50_views"
NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

# ECMA-376 part 1, annex A.2 (sml.xsd): the children of each element in their order, and its attributes.
CHILDREN = {
    "connections": ["connection"],
    "connection": ["dbPr", "olapPr", "webPr", "textPr", "parameters", "extLst"],
    "dbPr": [],
    "queryTable": ["queryTableRefresh", "extLst"],
    "queryTableRefresh": ["queryTableFields", "queryTableDeletedFields", "sortState", "extLst"],
    "queryTableFields": ["queryTableField"],
    "queryTableField": ["extLst"],
    "table": ["autoFilter", "sortState", "tableColumns", "tableStyleInfo", "extLst"],
    "autoFilter": ["filterColumn", "sortState", "extLst"],
    "tableColumns": ["tableColumn"],
    "tableColumn": ["calculatedColumnFormula", "totalsRowFormula", "xmlColumnPr", "extLst"],
    "tableStyleInfo": [],
}
FORMATS = {
    "autoFormatId", "applyNumberFormats", "applyBorderFormats", "applyFontFormats", "applyPatternFormats",
    "applyAlignmentFormats", "applyWidthHeightFormats",
}  # fmt: skip
ATTRIBUTES = {
    "connection": {
        "id", "sourceFile", "odcFile", "keepAlive", "interval", "name", "description", "type",
        "reconnectionMethod", "refreshedVersion", "minRefreshableVersion", "savePassword", "new", "deleted",
        "onlyUseConnectionFile", "background", "refreshOnLoad", "saveData", "credentials",
        "singleSignOnId",
    },
    "dbPr": {"connection", "command", "serverCommand", "commandType"},
    "queryTable": {
        "name", "headers", "rowNumbers", "disableRefresh", "backgroundRefresh", "firstBackgroundRefresh",
        "refreshOnLoad", "growShrinkType", "fillFormulas", "removeDataOnSave", "disableEdit",
        "preserveFormatting", "adjustColumnWidth", "intermediate", "connectionId", *FORMATS,
    },
    "queryTableRefresh": {
        "preserveSortFilterLayout", "fieldIdWrapped", "headersInLastRefresh", "minimumVersion", "nextId",
        "unboundColumnsLeft", "unboundColumnsRight",
    },
    "queryTableField": {"id", "name", "dataBound", "rowNumbers", "fillFormulas", "clipped", "tableColumnId"},
    "tableColumn": {
        "id", "uniqueName", "name", "totalsRowFunction", "totalsRowLabel", "queryTableFieldId",
        "headerRowDxfId", "dataDxfId", "totalsRowDxfId", "headerRowCellStyle", "dataCellStyle",
        "totalsRowCellStyle",
    },
}  # fmt: skip


@pytest.fixture(params=["ru", "en"])
def live(request: pytest.FixtureRequest, tmp_path: Path) -> zipfile.ZipFile:
    """Give the parts of the workbook in one language."""
    return zipfile.ZipFile(write_live(tmp_path / "live.xlsx", SERVER, Texts(request.param)))


def part(live: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """Read a part."""
    return ElementTree.fromstring(live.read(name))  # noqa: S314 - our own file


def test_order_and_attributes_of_the_standard(live: zipfile.ZipFile) -> None:
    """Elements stand in the order of ECMA-376 and have no attribute that it does not know."""
    names = [n for n in live.namelist() if re.match(r"xl/(connections|tables/t|queryTables/)", n)]
    assert len(names) == 1 + 7 + 7
    for name in names:
        for element in part(live, name).iter():
            tag = element.tag.removeprefix(NS)
            places = [CHILDREN[tag].index(child.tag.removeprefix(NS)) for child in element]
            assert places == sorted(places), (name, tag)
            assert set(element.attrib) <= ATTRIBUTES.get(tag, set(element.attrib)), (name, tag)


def test_connections(live: zipfile.ZipFile) -> None:
    """Each asks on opening and every 30 minutes, signs in as the Windows user, and keeps no password."""
    found = part(live, "xl/connections.xml")
    assert len(found) == 7
    for connection in found:
        assert connection.get("interval") == "30"
        assert connection.get("refreshOnLoad") == "1"
        assert connection.get("type") == "1"  # ODBC
        assert connection.get("savePassword") is None  # false
        text = connection[0].get("connection", "")
        assert "Trusted_Connection=Yes;" in text
        assert "SERVER={sql.example.org,1433};DATABASE=mini_crm;" in text
        assert "Encrypt=Yes;TrustServerCertificate=No;" in text
        assert not re.search(r"PWD|UID|Password", text, re.IGNORECASE)


def test_everything_hangs_together(live: zipfile.ZipFile) -> None:
    """Every table has its query table, that its connection, and each part is declared."""
    types = live.read("[Content_Types].xml").decode()
    assert types.count("spreadsheetml.queryTable+xml") == 7
    assert types.count("spreadsheetml.connections+xml") == 1
    assert "relationships/connections" in live.read("xl/_rels/workbook.xml.rels").decode()
    connections = {c.get("id"): c for c in part(live, "xl/connections.xml")}
    names = live.read("xl/workbook.xml").decode()
    for number in range(1, 8):
        table = part(live, f"xl/tables/table{number}.xml")
        assert table.get("tableType") == "queryTable"
        rels = live.read(f"xl/tables/_rels/table{number}.xml.rels").decode()
        assert f'Target="../queryTables/queryTable{number}.xml"' in rels
        query_table = part(live, f"xl/queryTables/queryTable{number}.xml")
        name = query_table.get("name")
        assert f'<definedName name="{name}" localSheetId="{number - 1}" hidden="1">' in names
        fields = list(query_table.iter(f"{NS}queryTableField"))
        columns = list(table.iter(f"{NS}tableColumn"))
        assert [f.get("name") for f in fields] == [c.get("name") for c in columns]
        assert [f.get("id") for f in fields] == [c.get("queryTableFieldId") for c in columns]
        command = connections[str(query_table.get("connectionId"))][0].get("command", "")
        assert re.findall(r" AS \[([^]]+)\]", command) == [c.get("name") for c in columns]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_columns_are_those_of_the_views(language: str) -> None:
    """Whatever a query asks for is there in its view of schema report, as the scripts define it."""
    for query in queries(Texts(language)):
        found = re.search(r"FROM report\.(\w+) AS v", query.statement)
        assert found is not None
        view = (VIEWS / f"report.{found[1]}.sql").read_text(encoding="utf-8")
        for column in set(re.findall(r"\bv\.(\w+)", query.statement)):
            assert re.search(rf"(\bAS {column}\b)|(\.{column}\b)", view), (found[1], column)


def test_heads_are_one_of_a_kind() -> None:
    """A table may not have the same head twice."""
    for language in ("ru", "en"):
        for query in queries(Texts(language)):
            heads = [field.head.casefold() for field in query.fields]
            assert len(set(heads)) == len(heads)


def test_a_server_with_odd_characters(tmp_path: Path) -> None:
    """A name cannot add options of its own to the connection."""
    server = Server("a;PWD=x}", 'b"<&>')
    with zipfile.ZipFile(write_live(tmp_path / "live.xlsx", server, Texts("en"))) as file:
        text = part(file, "xl/connections.xml")[0][0].get("connection", "")
    assert "SERVER={a;PWD=x}}};" in text
    assert 'DATABASE=b"<&>;' in text


def test_openpyxl_and_libreoffice_open_it(tmp_path: Path, office: Office) -> None:
    """Programs that know nothing of the server open the workbook and see its sheets and heads."""
    path = write_live(tmp_path / "live.xlsx", SERVER, Texts("en"))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Summary", "By lead", "By manager", "Pipeline", "Trend", "Accuracy", "Runs"]
    assert book["Pipeline"]["A5"].value == "Lead"
    assert list(book["Pipeline"].tables) == ["LiveClients"]
    assert office.convert(path, "pdf", tmp_path).read_bytes().startswith(b"%PDF")


def test_no_folder(tmp_path: Path) -> None:
    """Where it cannot be written the error names the place."""
    with pytest.raises(BadFile) as error:
        write_live(tmp_path / "missing" / "live.xlsx", SERVER, Texts("en"))
    assert error.value.code == "report_not_writable"


@pytest.mark.parametrize("name", ["LiveSummary", "LiveClients"])
def test_this_month_is_the_one_that_was_counted(name: str) -> None:
    """The last and the next month are forecast too: this month is the one with the run's day."""
    (query,) = (query for query in queries(Texts("en")) if query.table == name)
    assert "v.PeriodKind = N'month' AND v.CountedOn BETWEEN v.PeriodStart AND v.PeriodEnd" in query.statement


def test_trend_is_of_the_newest_month_that_has_begun() -> None:
    """Stored days of the next month do not take the place of this month's."""
    (query,) = (query for query in queries(Texts("en")) if query.table == "LiveTrend")
    assert "SELECT MAX(t.PeriodStart)" in query.statement
    assert "t.PeriodStart <= t.Day" in query.statement


@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_jargon_in_the_heads(language: str) -> None:
    """Heads are words that a lead understands."""
    heads = [field.head for query in queries(Texts(language)) for field in query.fields]
    assert not [head for head in heads if re.search("P10|P90|WAPE", head)]
