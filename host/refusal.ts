/** Colours and the browser's own `[pid:tid:time:LEVEL:file]` are for whoever debugs it. */
const plain = (line: string): string =>
  line
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's colours begin with one.
    .replace(/\u001b\[\d+m/g, '')
    .replace(/^.*\[err\] /, '')
    .replace(/^\[[^\]]*\] */, '')
    .trim()

/** Why Chromium did not open, in one sentence and with what to do; of what its launcher threw, log and all. */
export const refusalOf = (thrown: string, environment: NodeJS.ProcessEnv): string => {
  const { DISPLAY, WAYLAND_DISPLAY } = environment
  const [first = '', ...log] = thrown.split('\n')
  const library = /error while loading shared libraries: ([^:\s]+)/.exec(thrown)?.[1]
  if (library)
    return `Chromium lacks the library ${library}. Install it anew with: sudo apt-get install -y --reinstall chromium`
  if (/Missing X server|cannot open display|failed to connect to wayland/i.test(thrown))
    return `The display ${DISPLAY || WAYLAND_DISPLAY} cannot be opened by this user. Without one Atelier runs headless: env -u DISPLAY -u WAYLAND_DISPLAY npm start`
  if (/No usable sandbox|SUID sandbox/i.test(thrown))
    return 'Chromium finds no sandbox here, and without one it is not opened. Install it with: sudo apt-get install -y chromium-sandbox'
  if (/ENOSPC|No space left/.test(thrown))
    return 'Chromium could not be opened: the disk with its profile is full.'
  const closed = /(?:EROFS|EACCES|EPERM)\b.*'([^']+)'/.exec(first)?.[1]
  if (closed) return `Chromium could not be opened: ${closed} cannot be written to.`
  const told = log.filter((line) => /\[err\].*(FATAL|ERROR)/.test(line)).map(plain)
  return `Chromium could not be opened: ${told[0] ?? plain(first)}`
}
