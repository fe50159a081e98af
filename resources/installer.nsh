; The links atelier://, which electron-builder's installer registers for no system but macOS and Linux, and what the
; uninstaller takes with it beside the files.

!macro customInstall
  WriteRegStr SHELL_CONTEXT "Software\Classes\atelier" "" "URL:Atelier"
  WriteRegStr SHELL_CONTEXT "Software\Classes\atelier" "URL Protocol" ""
  WriteRegStr SHELL_CONTEXT "Software\Classes\atelier\DefaultIcon" "" "$INSTDIR\${APP_EXECUTABLE_FILENAME},0"
  WriteRegStr SHELL_CONTEXT "Software\Classes\atelier\shell\open\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
!macroend

!macro removeScheme root
  ; Only a key that names this installation's program goes: another's (a second user's, a checkout's) stays.
  ReadRegStr $0 ${root} "Software\Classes\atelier\shell\open\command" ""
  StrCpy $1 '"$INSTDIR\${APP_EXECUTABLE_FILENAME}"'
  StrLen $2 $1
  StrCpy $0 $0 $2
  ${If} $0 == $1
    DeleteRegKey ${root} "Software\Classes\atelier"
  ${EndIf}
!macroend

!macro stopDatabase
  ; Ended by force, Atelier leaves its PostgreSQL running here, whose files nothing can replace or remove then. Its data
  ; survive that as they survive a power cut.
  System::Call 'Kernel32::SetEnvironmentVariable(t "ATELIER_FOLDER", t "$INSTDIR\")i'
  nsExec::Exec `"$SYSDIR\WindowsPowerShell\v1.0\powershell.exe" -NoProfile -NonInteractive -Command "Get-Process postgres -ErrorAction SilentlyContinue | Where-Object { $$_.Path -and $$_.Path.StartsWith($$env:ATELIER_FOLDER, 'OrdinalIgnoreCase') } | Stop-Process -Force"`
  Pop $0
!macroend

!macro customUnInstall
  !insertmacro stopDatabase
  !insertmacro removeScheme SHELL_CONTEXT
  ; The application writes its own at each start, for the one who runs it.
  !insertmacro removeScheme HKCU

  ; The data (the database on this computer, drafts that were never sent) goes only when it is asked for: not in an
  ; update, which uninstalls the version before, and not without anybody to ask.
  ${IfNot} ${isUpdated}
    ${IfNot} ${Silent}
      MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "Remove Atelier's data on this computer, too?$\r$\n$\r$\nThat is everything that was kept here alone: the backend of this computer with its artifacts, and changes that were not sent yet. Linked folders stay." /SD IDNO IDNO keepData
        SetShellVarContext current
        RMDir /r "$APPDATA\${APP_PACKAGE_NAME}"
        RMDir /r "$APPDATA\${APP_FILENAME}"
        RMDir /r "$LOCALAPPDATA\${APP_FILENAME}"
        ${If} $installMode == "all"
          SetShellVarContext all
        ${EndIf}
      keepData:
    ${EndIf}
  ${EndIf}
!macroend
