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

!macro removeLoginStart
  ; What the application writes under its AppUserModelId when it is to start at login, for the one who runs it; with
  ; others than that one an entry may stay, which starts nothing. Of another installation it stays, too.
  ReadRegStr $0 HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "${APP_ID}"
  StrCpy $1 $0 1
  ${If} $1 == '"'
    StrCpy $0 $0 "" 1
  ${EndIf}
  StrCpy $1 "$INSTDIR\"
  StrLen $2 $1
  StrCpy $0 $0 $2
  ${If} $0 == $1
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "${APP_ID}"
    ; Whether Windows' own settings allow it.
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "${APP_ID}"
  ${EndIf}
!macroend

!macro customUnInstall
  ; A database that outlived its application was ended before: electron-builder ends whatever runs below $INSTDIR.
  !insertmacro removeScheme SHELL_CONTEXT
  ; The application writes its own at each start, for the one who runs it.
  !insertmacro removeScheme HKCU

  ; The data (the database on this computer, drafts that were never sent) goes only when it is asked for: not in an
  ; update, which uninstalls the version before, and not without anybody to ask. What was installed for everybody is
  ; removed by an administrator, whose own data are not those of the people who worked with it.
  ${IfNot} ${isUpdated}
    !insertmacro removeLoginStart
    ${IfNot} ${Silent}
      ${If} $installMode == "CurrentUser"
        MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "Remove Atelier's data on this computer, too?$\r$\n$\r$\nThat is everything that was kept here alone: the backend of this computer with its artifacts, and changes that were not sent yet. Linked folders stay." /SD IDNO IDNO keepData
          RMDir /r "$APPDATA\${APP_PACKAGE_NAME}"
          RMDir /r "$APPDATA\${APP_FILENAME}"
          ; As electron/main/shell/data-folders.ts names it; never as an installation is named.
          RMDir /r "$LOCALAPPDATA\${APP_FILENAME} Data"
        keepData:
      ${Else}
        MessageBox MB_OK|MB_ICONINFORMATION "The data of those who worked with Atelier stay. Each person has their own: in %APPDATA%\${APP_FILENAME} and %LOCALAPPDATA%\${APP_FILENAME} Data." /SD IDOK
      ${EndIf}
    ${EndIf}
  ${EndIf}
!macroend
