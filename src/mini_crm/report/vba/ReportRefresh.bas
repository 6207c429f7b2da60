Attribute VB_Name = "ReportRefresh"
Option Explicit

' Takes over the report that the scheduled program writes: when this workbook is opened, every 30 minutes
' while it is open, and whenever RefreshReport is run by hand. It only reads that file, and lets it go at
' once. The sheet with the defined names Refresh... says where the file is, when it was last read, what
' went wrong, and when the next time is. ASCII only: what people read comes from that sheet.

Private Const MINUTES As Long = 30
Private Const JOB As String = "ReportRefresh.RefreshReport"

Private nextTime As Date

Public Sub Auto_Open()
    RefreshReport
End Sub

Public Sub Auto_Close()
    Dim asSaved As Boolean

    asSaved = ThisWorkbook.Saved
    CancelNext
    ThisWorkbook.Saved = asSaved
End Sub

Public Sub RefreshReport()
    Dim report As Workbook
    Dim openBefore As Boolean
    Dim asSaved As Boolean
    Dim problem As String

    On Error GoTo Failed
    asSaved = ThisWorkbook.Saved
    CancelNext
    Application.ScreenUpdating = False
    Application.DisplayAlerts = False
    Set report = OpenedAlready(ReportPath())
    openBefore = Not report Is Nothing
    If Not openBefore Then Set report = Workbooks.Open(ReportPath(), 0, True)
    TakeOver report
    Setting("RefreshLast").Value = Now
    Setting("RefreshState").Value = Setting("RefreshDone").Value
    GoTo Finish

Failed:
    problem = Err.Description
    Resume Mark
Mark:
    On Error Resume Next
    Setting("RefreshState").Value = Setting("RefreshFailed").Value & " " & problem
Finish:
    On Error Resume Next
    If Not report Is Nothing And Not openBefore Then report.Close False
    Application.DisplayAlerts = True
    Application.ScreenUpdating = True
    PlanNext
    ThisWorkbook.Saved = asSaved ' nothing of it is lost: it is read again at the next opening
End Sub

Private Sub PlanNext()
    nextTime = Now + TimeSerial(0, MINUTES, 0)
    Setting("RefreshNext").Value = nextTime
    Application.OnTime nextTime, JOB
End Sub

' OnTime is one-shot, and one that is left over would open this workbook again after it was closed.
Private Sub CancelNext()
    If nextTime = 0 Then Exit Sub
    On Error Resume Next
    Application.OnTime nextTime, JOB, , False
    nextTime = 0
    Setting("RefreshNext").ClearContents
End Sub

Private Sub TakeOver(ByVal report As Workbook)
    Dim origin As Worksheet
    Dim target As Worksheet
    Dim taken As Long

    For Each origin In report.Worksheets
        Set target = SheetNamed(origin.Name)
        If Not target Is Nothing Then
            TakeCells origin, target
            TakeMeasures origin, target
            TakeCharts origin, target
            TakeFilter origin, target
            taken = taken + 1
        End If
    Next
    If taken = 0 Then Err.Raise 1004, , Setting("RefreshOther").Value
End Sub

' Cells are written over in place, so that formulas of your own sheets go on pointing at them.
Private Sub TakeCells(ByVal origin As Worksheet, ByVal target As Worksheet)
    DropLooks target
    target.Cells.Clear
    origin.UsedRange.Copy target.Range("A1")
    Application.CutCopyMode = False
    If IsEmpty(target.Range("A1").Value) Then TakeEachCell origin, target
End Sub

' For programs that copy no cells from one file to another. What is text stays text, whatever it looks like.
Private Sub TakeEachCell(ByVal origin As Worksheet, ByVal target As Worksheet)
    Dim cell As Range
    Dim into As Range

    For Each cell In origin.UsedRange.Cells
        Set into = target.Cells(cell.Row, cell.Column)
        If cell.HasFormula Then
            into.NumberFormat = cell.NumberFormat
            into.Formula = cell.Formula
        ElseIf VarType(cell.Value) = vbString Then
            into.NumberFormat = "@"
            into.Value = cell.Value
        ElseIf Not IsEmpty(cell.Value) Then
            into.NumberFormat = cell.NumberFormat
            into.Value = cell.Value
        End If
    Next
End Sub

Private Sub DropLooks(ByVal target As Worksheet)
    On Error Resume Next
    Application.CopyObjectsWithCells = False
    target.AutoFilterMode = False
    target.Cells.ClearOutline
    target.Cells.EntireRow.Hidden = False
End Sub

Private Sub TakeMeasures(ByVal origin As Worksheet, ByVal target As Worksheet)
    Dim i As Long

    On Error Resume Next
    For i = 1 To origin.UsedRange.Columns.Count
        target.Columns(i).ColumnWidth = origin.Columns(i).ColumnWidth
        If origin.Columns(i).Hidden Then target.Columns(i).Hidden = True
    Next
    For i = 1 To origin.UsedRange.Rows.Count
        target.Rows(i).RowHeight = origin.Rows(i).RowHeight
        If origin.Rows(i).OutlineLevel > 1 Then target.Rows(i).OutlineLevel = origin.Rows(i).OutlineLevel
        If origin.Rows(i).Hidden Then target.Rows(i).Hidden = True
    Next
End Sub

Private Sub TakeCharts(ByVal origin As Worksheet, ByVal target As Worksheet)
    Dim i As Long
    Dim given As Long
    Dim had As Long

    On Error Resume Next
    given = origin.ChartObjects.Count
    had = target.ChartObjects.Count
    For i = had To given + 1 Step -1
        target.ChartObjects(i).Delete
    Next
    For i = 1 To given
        If i > had Then
            origin.ChartObjects(i).Copy
            target.Paste
        End If
        TakeChart origin.ChartObjects(i), target.ChartObjects(i)
    Next
End Sub

Private Sub TakeChart(ByVal origin As ChartObject, ByVal target As ChartObject)
    Dim i As Long
    Dim given As Long

    On Error Resume Next
    target.Top = origin.Top
    target.Left = origin.Left
    target.Width = origin.Width
    target.Height = origin.Height
    target.Chart.ChartTitle.Text = origin.Chart.ChartTitle.Text
    given = origin.Chart.SeriesCollection.Count
    For i = 1 To given
        target.Chart.SeriesCollection(i).Formula = origin.Chart.SeriesCollection(i).Formula
    Next
End Sub

Private Sub TakeFilter(ByVal origin As Worksheet, ByVal target As Worksheet)
    On Error Resume Next
    Application.CopyObjectsWithCells = True
    If origin.AutoFilterMode Then target.Range(origin.AutoFilter.Range.Address).AutoFilter
End Sub

Private Function SheetNamed(ByVal wanted As String) As Worksheet
    Dim sheet As Worksheet

    For Each sheet In ThisWorkbook.Worksheets
        If sheet.Name = wanted Then Set SheetNamed = sheet
    Next
End Function

Private Function OpenedAlready(ByVal path As String) As Workbook
    Dim book As Workbook

    For Each book In Workbooks
        If LCase(book.FullName) = LCase(path) Then Set OpenedAlready = book
    Next
End Function

' A name without a folder is that of a file beside this workbook.
Private Function ReportPath() As String
    Dim given As String

    given = Setting("RefreshSource").Value
    If InStr(given, "\") = 0 And InStr(given, "/") = 0 Then
        given = ThisWorkbook.Path & Application.PathSeparator & given
    End If
    ReportPath = given
End Function

Private Function Setting(ByVal wanted As String) As Range
    Set Setting = ThisWorkbook.Names(wanted).RefersToRange
End Function
