import { type Comments, commentLines } from '../links/desktop-entry.ts'

/** As the specification of desktop entries has it for an argument, and once more for a value. */
const quoted = (argument: string): string =>
  `"${argument.replace(/["`$\\]/g, '\\$&')}"`.replaceAll('\\', '\\\\').replaceAll('%', '%%')

/** What a Linux desktop runs at a login. @throws of an argument that no such file can hold */
export const autostartEntry = (command: readonly string[], comments: Comments): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for.
  if (command.some((argument) => /[\u0000-\u001f]/.test(argument)))
    throw new Error('A desktop entry cannot hold a path with a line break.')
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Atelier',
    ...commentLines(comments),
    `Exec=${command.map(quoted).join(' ')}`,
    'Icon=atelier',
    'Terminal=false',
    'StartupNotify=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')
}

const signs: Record<string, string> = { s: ' ', n: '\n', t: '\t', r: '\r' }

/** What such a file starts, its arguments among it; nothing of one that names nothing. */
export const commandOf = (text: string): string[] => {
  const [, value = ''] = /^Exec[ \t]*=[ \t]*([^\n]*)/m.exec(text) ?? []
  const line = value.replace(/\\(.)/gs, (_, sign: string) => signs[sign] ?? sign)
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/gs)].map(([, inQuotes, bare = '']) =>
    (inQuotes?.replace(/\\(.)/gs, '$1') ?? bare).replaceAll('%%', '%'),
  )
}

/** Whether it starts this very program: another one may have left it there. */
export const startsProgram = (text: string, program: readonly string[]): boolean => {
  const command = commandOf(text)
  return program.every((part, at) => command[at] === part)
}

/** Whether a file starts an AppImage that `image` has taken the place of. What a package put there is not ours. */
export const isOfFormerImage = (
  text: string,
  image: string,
  isThere: (path: string) => boolean,
): boolean => {
  const [started] = commandOf(text)
  if (!started || started === image || !isEnabledEntry(text)) return false
  return /\.AppImage$/i.test(started) || !isThere(started)
}

/** Whether a file that lies there has its desktop start what it names. */
export const isEnabledEntry = (text: string): boolean =>
  /^Exec=/m.test(text) &&
  !/^Hidden\s*=\s*true\s*$/im.test(text) &&
  !/^X-GNOME-Autostart-enabled\s*=\s*false\s*$/im.test(text)
