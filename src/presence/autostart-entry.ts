/** As the specification of desktop entries has it for an argument, and once more for a value. */
const quoted = (argument: string): string =>
  `"${argument.replace(/["`$\\]/g, '\\$&')}"`.replaceAll('\\', '\\\\').replaceAll('%', '%%')

/** What a Linux desktop runs at a login. @throws of an argument that no such file can hold */
export const autostartEntry = (command: readonly string[]): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for.
  if (command.some((argument) => /[\u0000-\u001f]/.test(argument)))
    throw new Error('A desktop entry cannot hold a path with a line break.')
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Atelier',
    'Comment=Keep linked folders in step',
    `Exec=${command.map(quoted).join(' ')}`,
    'Icon=atelier',
    'Terminal=false',
    'StartupNotify=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')
}

/** Whether a file that lies there has its desktop start what it names. */
export const isEnabledEntry = (text: string): boolean =>
  /^Exec=/m.test(text) &&
  !/^Hidden\s*=\s*true\s*$/im.test(text) &&
  !/^X-GNOME-Autostart-enabled\s*=\s*false\s*$/im.test(text)
