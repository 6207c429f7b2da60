; The installer for Windows; scripts/installer.py compiles it from the folder of the frozen programs.
;
;   setup.exe                          the window, for whoever starts it, into the own profile: no rights are needed
;     /ADMIN                           also execer and mini-crm-admin; an update keeps them where they are
;     /ALLUSERS                        for everybody on this computer, into Program Files; needs an administrator
;     /SETTINGS=\\server\share\.env    copies this settings file beside the programs
;     /S                               without a window or a question
;     /D=C:\Programs                   another place; as the last option, without quotation marks
;
; Exit codes, like those of the programs: 0 done, 1 cancelled, 2 failed and as before, 3 the settings file cannot be
; read, 5 one of the programs is open, 6 not an administrator. Without /S, a program that is open is asked to be closed.
;
; An update sets the old programs aside, puts the new ones in their place and only then deletes the old ones. Settings,
; databases, outbox and logs are touched by neither update nor uninstall, but for a settings file from /SETTINGS.

!define REGISTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"
!define DATA "mini-crm"     ; below %LOCALAPPDATA%: where the programs keep outbox, logs and looks

!define CODE_FAILED 2
!define CODE_SETTINGS 3
!define CODE_OPEN 5
!define CODE_RIGHTS 6

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh

Name "${NAME}"
OutFile "${OUT}"
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetDateSave off
ManifestDPIAware true
BrandingText "${NAME} ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow
AllowSkipFiles off

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=0 "ProductName" "${NAME}"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileDescription" "${NAME}: setup"
VIAddVersionKey /LANG=0 "CompanyName" "${PUBLISHER}"
VIAddVersionKey /LANG=0 "LegalCopyright" "${PUBLISHER}"

Var AllUsers    ; 1: for everybody on this computer
Var WithAdmin   ; 1: with execer and mini-crm-admin
Var Settings    ; the settings file to copy; empty: none
Var IsUpdate    ; 1: the programs were there before
Var IsSetAside  ; 1: what was there has another name until the new is whole
Var Left        ; what the uninstaller leaves, line by line

; ------------------------------------------------------------------------------------------------- pages, languages

!define MUI_ICON "${PICTURES}/mini-crm.ico"
!define MUI_UNICON "${PICTURES}/mini-crm.ico"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${PICTURES}/side.bmp"
!define MUI_UNWELCOMEFINISHPAGE_BITMAP "${PICTURES}/side.bmp"
!define MUI_ABORTWARNING
!define MUI_WELCOMEPAGE_TITLE "$(WelcomeTitle)"
!define MUI_WELCOMEPAGE_TEXT "$(WelcomeText)"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_FUNCTION StartWindow
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!define MUI_FINISHPAGE_TEXT "$(LeftText)"
!insertmacro MUI_UNPAGE_FINISH

; What the first page needs comes first: all is packed as one stream.
ReserveFile "${PICTURES}/side.bmp"
ReserveFile /plugin nsDialogs.dll
ReserveFile /plugin System.dll
ReserveFile /plugin UserInfo.dll

; The language of the system's own texts; English where it is neither.
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "Russian"

!macro TEXT name english russian
  LangString ${name} ${LANG_ENGLISH} "${english}"
  LangString ${name} ${LANG_RUSSIAN} "${russian}"
!macroend

!insertmacro TEXT WelcomeTitle "${NAME} ${VERSION}" "${NAME} ${VERSION}"
!insertmacro TEXT WelcomeText \
  "${NAME} goes into this folder:$\r$\n$INSTDIR$\r$\n$\r$\nAn earlier version there is updated; settings, databases \
and entries that wait to be stored stay as they are. Close ${NAME} first if it is open.$\r$\n$\r$\n$_CLICK" \
  "${NAME} будет установлена в папку:$\r$\n$INSTDIR$\r$\n$\r$\nЕсли там прежняя версия, она будет обновлена; настройки, \
базы данных и наработки, ожидающие отправки, останутся как есть. Если ${NAME} открыта, сначала закройте \
её.$\r$\n$\r$\n$_CLICK"
!insertmacro TEXT ProgramOpen \
  "${NAME} is open ($0). Finish what you are doing there and close it, then choose Retry." \
  "Программа ${NAME} открыта ($0). Закончите в ней работу и закройте её, затем нажмите «Повтор»."
!insertmacro TEXT NoSettings \
  "The settings file cannot be read: $Settings$\r$\n$\r$\nNothing was installed." \
  "Не удаётся прочитать файл настроек: $Settings$\r$\n$\r$\nНичего не установлено."
!insertmacro TEXT SettingsNotCopied \
  "The settings file could not be copied: $Settings$\r$\n$\r$\nEverything is as before." \
  "Не удалось скопировать файл настроек: $Settings$\r$\n$\r$\nВсё осталось как было."
!insertmacro TEXT Elsewhere \
  "${NAME} is already installed in $0. Uninstall it there before you install it in another folder." \
  "${NAME} уже установлена в папке $0. Прежде чем ставить её в другую папку, удалите её оттуда."
!insertmacro TEXT NotCopied \
  "Not all files could be copied. Everything is as before." \
  "Не все файлы удалось скопировать. Всё осталось как было."
!insertmacro TEXT LeftText \
  "${NAME} was removed from this computer.$\r$\n$\r$\n$Left" \
  "Программа ${NAME} удалена с этого компьютера.$\r$\n$\r$\n$Left"
!insertmacro TEXT LeftSomething \
  "Databases, settings, logs and entries that wait to be stored were not deleted. They are here:" \
  "Базы данных, настройки, журналы и наработки, ожидающие отправки, не удалены. Они здесь:"
!insertmacro TEXT LeftElsewhere \
  "Others who used ${NAME} on this computer have such a folder in their own profile." \
  "У других пользователей этого компьютера такая папка есть в их собственном профиле."

; ------------------------------------------------------------------------------------------------- both programs

!macro ForEachProgram do
  !insertmacro ${do} "mini-crm.exe"
  !insertmacro ${do} "execer.exe"
  !insertmacro ${do} "mini-crm-admin.exe"
!macroend

; $0: the program's name if it runs, and so cannot be written.
!macro SeeIfOpen file
  ${If} ${FileExists} "$INSTDIR\${file}"
    ClearErrors
    FileOpen $1 "$INSTDIR\${file}" a
    ${If} ${Errors}
      StrCpy $0 "${file}"
    ${Else}
      FileClose $1
    ${EndIf}
  ${EndIf}
!macroend

!macro Shared un
  ; Scheduled runs of execer end by themselves, so /S waits for them.
  Function ${un}WaitUntilClosed
    StrCpy $2 0
    ${Do}
      StrCpy $0 ""
      !insertmacro ForEachProgram SeeIfOpen
      ${If} $0 == ""
        Return
      ${EndIf}
      ${If} ${Silent}
        IntOp $2 $2 + 1
        Sleep 500
      ${Else}
        MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(ProgramOpen)" IDRETRY +2
        StrCpy $2 100
      ${EndIf}
    ${LoopUntil} $2 >= 20
    SetErrorLevel ${CODE_OPEN}
    Abort
  FunctionEnd

  ; Only what the installer put there: whatever else lies in the folder is somebody's.
  Function ${un}RemovePrograms
    !insertmacro ForEachProgram Remove
    RMDir /r "$INSTDIR\_internal"
    RMDir /r "$INSTDIR\help"
    RMDir /r "$INSTDIR\pictures"
    Delete "$INSTDIR\README.md"
    Delete "$INSTDIR\README.ru.md"
    Delete "$INSTDIR\.env.example"
    Delete "$INSTDIR\uninstall.exe"
    SetOutPath "$TEMP"  ; nobody can delete the folder that he stands in
    RMDir "$INSTDIR"
  FunctionEnd
!macroend

!macro Remove file
  Delete "$INSTDIR\${file}"
!macroend

!insertmacro Shared ""
!insertmacro Shared "un."

; ------------------------------------------------------------------------------------------------- installing

Function .onInit
  SetRegView 64
  StrCpy $4 $INSTDIR    ; from /D=, else empty
  ${GetParameters} $3
  ClearErrors
  ${GetOptions} $3 "/ADMIN" $1
  ${IfNot} ${Errors}
    StrCpy $WithAdmin 1
  ${EndIf}

  ClearErrors
  ${GetOptions} $3 "/ALLUSERS" $1
  ${If} ${Errors}
    SetShellVarContext current
    StrCpy $INSTDIR "$LOCALAPPDATA\Programs"
  ${Else}
    StrCpy $AllUsers 1
    SetShellVarContext all
    StrCpy $INSTDIR "$PROGRAMFILES64"
    Call AskForRights
  ${EndIf}

  ${If} $4 != ""
    StrCpy $INSTDIR $4
  ${EndIf}
  ${GetFileName} "$INSTDIR" $1
  ${If} $1 != "${NAME}"   ; a folder of its own, whatever else lies where it is to be
    StrCpy $INSTDIR "$INSTDIR\${NAME}"
  ${EndIf}
  ReadRegStr $0 SHCTX "${REGISTRY}" "InstallLocation"
  ${If} $0 != ""
  ${AndIf} ${FileExists} "$0\mini-crm.exe"
    ${If} $4 != ""
    ${AndIf} $0 != $INSTDIR
      MessageBox MB_OK|MB_ICONSTOP "$(Elsewhere)" /SD IDOK
      SetErrorLevel ${CODE_FAILED}
      Quit
    ${EndIf}
    StrCpy $INSTDIR $0
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\mini-crm.exe"
    StrCpy $IsUpdate 1
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\mini-crm-admin.exe"
    StrCpy $WithAdmin 1
  ${EndIf}

  ClearErrors
  ${GetOptions} $3 "/SETTINGS" $1
  ${IfNot} ${Errors}
    Call FindSettings
  ${EndIf}
FunctionEnd

; $3: the options, $4: what /D= says.
Function AskForRights
  UserInfo::GetAccountType
  Pop $1
  ${If} $1 != "Admin"
    ${IfNot} ${Silent}
      ${If} $4 != ""
        StrCpy $3 "$3 /D=$4"
      ${EndIf}
      ExecShell "runas" "$EXEPATH" "$3"   ; Windows asks; this one has nothing more to do
    ${EndIf}
    SetErrorLevel ${CODE_RIGHTS}
    Quit
  ${EndIf}
FunctionEnd

; $3: the options.
Function FindSettings
  ${GetOptions} $3 "/SETTINGS=" $Settings
  ${If} $Settings == ""
    StrCpy $Settings "/SETTINGS="   ; named as it was given
  ${EndIf}
  ClearErrors
  GetFullPathName $1 "$Settings"
  ${IfNot} ${Errors}
    StrCpy $Settings $1
    FileOpen $1 "$Settings" r
  ${EndIf}
  ${If} ${Errors}
    MessageBox MB_OK|MB_ICONSTOP "$(NoSettings)" /SD IDOK
    SetErrorLevel ${CODE_SETTINGS}
    Quit
  ${EndIf}
  FileClose $1
FunctionEnd

!macro SetAside name
  ${If} ${FileExists} "$INSTDIR\${name}"
    RMDir /r "$INSTDIR\${name}.old"
    Delete "$INSTDIR\${name}.old"
    ClearErrors
    Rename "$INSTDIR\${name}" "$INSTDIR\${name}.old"
    ${If} ${Errors}
      StrCpy $0 "${name}"
    ${EndIf}
  ${EndIf}
!macroend

!macro PutBack name
  ${If} ${FileExists} "$INSTDIR\${name}.old"
    RMDir /r "$INSTDIR\${name}"
    Delete "$INSTDIR\${name}"
    Rename "$INSTDIR\${name}.old" "$INSTDIR\${name}"
  ${EndIf}
!macroend

!macro Forget name
  RMDir /r "$INSTDIR\${name}.old"
  Delete "$INSTDIR\${name}.old"
!macroend

Section
  Call WaitUntilClosed
  StrCpy $IsSetAside 1
  StrCpy $0 ""
  !insertmacro ForEachProgram SetAside
  !insertmacro SetAside "_internal"
  ${If} $0 != ""    ; started a moment ago, or a library is still held
    MessageBox MB_OK|MB_ICONSTOP "$(ProgramOpen)" /SD IDOK
    SetErrorLevel ${CODE_OPEN}
    Abort
  ${EndIf}

  ClearErrors
  !cd "${FOLDER}"
  SetOutPath "$INSTDIR\_internal"
  File /r "_internal\*"
  SetOutPath "$INSTDIR\help"
  File /r "help\*"
  SetOutPath "$INSTDIR\pictures"
  File /r "pictures\*"
  SetOutPath "$INSTDIR"
  File "README.md"
  File "README.ru.md"
  File ".env.example"
  ${If} $WithAdmin == 1
    File "execer.exe"
    File "mini-crm-admin.exe"
  ${EndIf}
  File "mini-crm.exe"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  ${If} ${Errors}
    MessageBox MB_OK|MB_ICONSTOP "$(NotCopied)" /SD IDOK
    SetErrorLevel ${CODE_FAILED}
    Abort
  ${EndIf}
  ${If} $Settings != ""
    Call CopySettings
  ${EndIf}

  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\mini-crm.exe"
  ${If} $IsUpdate != 1    ; whoever deleted the link on the desktop does not want it
    CreateShortcut "$DESKTOP\${NAME}.lnk" "$INSTDIR\mini-crm.exe"
  ${EndIf}
  WriteRegStr SHCTX "${REGISTRY}" "DisplayName" "${NAME}"
  WriteRegStr SHCTX "${REGISTRY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${REGISTRY}" "Publisher" "${PUBLISHER}"
  WriteRegStr SHCTX "${REGISTRY}" "DisplayIcon" "$INSTDIR\mini-crm.exe"
  WriteRegStr SHCTX "${REGISTRY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${REGISTRY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr SHCTX "${REGISTRY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD SHCTX "${REGISTRY}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD SHCTX "${REGISTRY}" "NoModify" 1
  WriteRegDWORD SHCTX "${REGISTRY}" "NoRepair" 1

  !insertmacro ForEachProgram Forget
  !insertmacro Forget "_internal"
SectionEnd

; Under another name first: a copy that breaks off leaves the old file.
Function CopySettings
  StrCpy $1 "$INSTDIR\.env.new"
  StrCpy $2 "$INSTDIR\.env"
  StrCpy $3 $Settings
  System::Call "kernel32::CopyFileW(w r3, w r1, i 0) i .r0"
  ${If} $0 != 0
    SetFileAttributes $2 NORMAL    ; the last one may have come from a read-only file
    System::Call "kernel32::MoveFileExW(w r1, w r2, i 1) i .r0"    ; 1: in its place
    ${If} $0 != 0
      WriteRegDWORD SHCTX "${REGISTRY}" "SettingsCopied" 1
      Return
    ${EndIf}
  ${EndIf}
  MessageBox MB_OK|MB_ICONSTOP "$(SettingsNotCopied)" /SD IDOK
  SetErrorLevel ${CODE_SETTINGS}
  Abort
FunctionEnd

Function .onInstFailed
  ${If} $IsSetAside == 1
    ${If} $IsUpdate == 1
      !insertmacro ForEachProgram PutBack
      !insertmacro PutBack "_internal"
    ${Else}
      Call RemovePrograms
    ${EndIf}
  ${EndIf}
FunctionEnd

; Not with an administrator's rights, if setup was given them: the desktop starts it as whoever signed in.
Function StartWindow
  Exec '"$WINDIR\explorer.exe" "$INSTDIR\mini-crm.exe"'
FunctionEnd

; ------------------------------------------------------------------------------------------------- uninstalling

Function un.onInit
  SetRegView 64
  SetShellVarContext current
  StrCpy $Left "$LOCALAPPDATA\${DATA}"    ; with "all" it would be everybody's
  ReadRegStr $0 HKLM "${REGISTRY}" "InstallLocation"
  ${If} $0 == $INSTDIR
    StrCpy $AllUsers 1
    SetShellVarContext all
    UserInfo::GetAccountType
    Pop $1
    ${If} $1 != "Admin"
      ${IfNot} ${Silent}
        ExecShell "runas" "$INSTDIR\uninstall.exe"
      ${EndIf}
      SetErrorLevel ${CODE_RIGHTS}
      Quit
    ${EndIf}
  ${EndIf}
FunctionEnd

Section Uninstall
  Call un.WaitUntilClosed
  ReadRegDWORD $0 SHCTX "${REGISTRY}" "SettingsCopied"
  ${If} $0 == 1
    Delete "$INSTDIR\.env"
  ${EndIf}
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Delete "$DESKTOP\${NAME}.lnk"
  Call un.RemovePrograms
  DeleteRegKey SHCTX "${REGISTRY}"
  Call un.SayWhatIsLeft
SectionEnd

Function un.SayWhatIsLeft
  StrCpy $0 ""
  ${If} ${FileExists} "$INSTDIR\*.*"
    StrCpy $0 "$0$\r$\n$INSTDIR"
  ${EndIf}
  ${If} ${FileExists} "$Left\*.*"
    StrCpy $0 "$0$\r$\n$Left"
  ${EndIf}
  StrCpy $Left ""
  ${If} $0 != ""
    StrCpy $Left "$(LeftSomething)$0"
    ${If} $AllUsers == 1
      StrCpy $Left "$Left$\r$\n$\r$\n$(LeftElsewhere)"
    ${EndIf}
  ${EndIf}
FunctionEnd
