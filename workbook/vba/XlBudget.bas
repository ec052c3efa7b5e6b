Attribute VB_Name = "XlBudget"
Option Explicit
' What the ribbon calls, and what the user sees when Python does not start.
' ASCII only: labels stand in customUI, messages on the sheet xlbudget.conf, everything else is
' Python.  Parameters As Object need no reference to Office's type library.

Private Const CONFIG As String = "xlbudget.conf"

' Every button: its tag names the function of xlbudget.excel.ribbon that does the work.
Public Sub OnAction(control As Object)
    On Error GoTo Failed
    If ActiveWorkbook Is Nothing Then
        Tell "MESSAGE_NO_WORKBOOK", ""
        Exit Sub
    End If
    If IsWps() Then
        Tell "MESSAGE_WPS", ""
        Exit Sub
    End If
    Application.StatusBar = Message("MESSAGE_RUNNING")
    RunPython "import xlbudget.excel.ribbon as r; r." & control.Tag & "()"
    If Application.StatusBar = Message("MESSAGE_RUNNING") Then Application.StatusBar = False
    Exit Sub
Failed:
    ShowFailure Err.Description
    Application.StatusBar = False
End Sub

' The glue's errors come here: a sentence first, then the last line of what Python or Windows said.
Public Sub ShowFailure(ByVal Detail As String, Optional ByVal LogFile As String = "")
    Dim Lines() As String
    Dim Said As String
    Dim i As Long
    Lines = Split(Replace(Detail, vbCr, ""), vbLf)
    For i = LBound(Lines) To UBound(Lines)
        If Trim$(Lines(i)) <> "" Then Said = Trim$(Lines(i))
    Next i
    If LogFile <> "" Then Said = Said & vbCrLf & LogFile
    Tell "MESSAGE_FAILED", Said
End Sub

Private Sub Tell(ByVal Key As String, ByVal Detail As String)
    Dim Text As String
    Text = Message(Key)
    If Detail <> "" Then Text = Text & vbCrLf & vbCrLf & Detail
    MsgBox Text, vbExclamation, "xlbudget"
End Sub

Private Function Message(ByVal Key As String) As String
    Dim Row As Long
    On Error Resume Next
    Message = "xlbudget: " & Key
    For Row = 1 To 20
        If ThisWorkbook.Sheets(CONFIG).Cells(Row, 1).Value = Key Then
            Message = ThisWorkbook.Sheets(CONFIG).Cells(Row, 2).Value
        End If
    Next Row
End Function

' xlwings drives Microsoft Excel only.
Private Function IsWps() As Boolean
    Dim Path As String
    Path = UCase$(Application.Path)
    IsWps = InStr(Path, "\WPS OFFICE") > 0 Or InStr(Path, "\KINGSOFT") > 0
End Function
