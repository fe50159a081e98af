/**
 * The desktop file with which an AppImage tells the system that `atelier://` is its own (Desktop Entry Specification
 * 1.5: "The Exec key" and "Possible value types").
 */

/** Of a value: a backslash begins an escape, and a line ends it. */
const escapeValue = (text: string): string => text.replaceAll('\\', '\\\\')

/** One argument of Exec: quoted, its reserved characters escaped, no field code in it, and all that as a value. */
export const execArgument = (text: string): string =>
  escapeValue(`"${text.replaceAll(/["`$\\]/g, '\\$&').replaceAll('%', '%%')}"`)

/** Only a file that bears it is ours to change. */
const ownMark = 'X-Atelier-AppImage=true'

/** What a desktop shows of it, by language: the English one stands for all others. */
export type Comments = Readonly<Record<string, string>>
export const commentLines = (comments: Comments): string[] =>
  Object.entries(comments).map(([language, text]) =>
    language === 'en' ? `Comment=${text}` : `Comment[${language}]=${text}`,
  )

/** Null where no desktop file can name such a program: its path may hold no control character, and no "=". */
export const desktopEntryOf = (program: string, comments: Comments): string | null =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
  /[\u0000-\u001f\u007f=]/.test(program) || !program.startsWith('/')
    ? null
    : [
        '[Desktop Entry]',
        'Type=Application',
        'Name=Atelier',
        ...commentLines(comments),
        `Exec=${execArgument(program)} %U`,
        // Gone with the AppImage itself.
        `TryExec=${escapeValue(program)}`,
        'Icon=atelier',
        'Terminal=false',
        // As Electron names our windows: by the desktop file.
        'StartupWMClass=atelier',
        // It brings links; what is in the menu is the person's own choice.
        'NoDisplay=true',
        'MimeType=x-scheme-handler/atelier;',
        ownMark,
        '',
      ].join('\n')

/** What is to be done about the file that is there; null is none. */
export const entryToWrite = (
  program: string,
  comments: Comments,
  found: { text: string | null; isInstalledForAll: boolean },
): string | null => {
  // A package's would be hidden by it.
  if (found.isInstalledForAll) return null
  // Somebody's own.
  if (found.text !== null && !found.text.split('\n').includes(ownMark)) return null
  const wanted = desktopEntryOf(program, comments)
  return wanted === found.text ? null : wanted
}
