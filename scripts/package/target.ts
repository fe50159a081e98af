export const systems = ['linux', 'darwin', 'win32'] as const
export const processors = ['x64', 'arm64'] as const
export type System = (typeof systems)[number]
export type Processor = (typeof processors)[number]

/** What a package is for. */
export type Target = { system: System; processor: Processor }

export type Format = 'deb' | 'rpm' | 'AppImage' | 'tar.gz' | 'dmg' | 'zip' | 'nsis'

export const formatsOf: Record<System, readonly Format[]> = {
  linux: ['deb', 'rpm', 'AppImage', 'tar.gz'],
  darwin: ['dmg', 'zip'],
  win32: ['nsis'],
}

/** Windows on ARM runs the package for x64: PostgreSQL is not built for it. */
const processorsOf: Record<System, readonly Processor[]> = {
  linux: processors,
  darwin: processors,
  win32: ['x64'],
}

export const nameOf = ({ system, processor }: Target): string => `${system}-${processor}`

export const isSystem = (word: string): word is System => systems.some((each) => each === word)
const isProcessor = (word: string): word is Processor => processors.some((each) => each === word)

/** The packages that are made on this system when nobody says which. */
export const targetsOf = (system: System, processor: string): Target[] => {
  if (system === 'darwin') return processors.map((each) => ({ system, processor: each }))
  if (system === 'linux' && processor === 'arm64') return [{ system, processor: 'arm64' }]
  return [{ system, processor: 'x64' }]
}

export type Wanted = { targets: Target[]; formats: readonly Format[] }

/** What was asked for, or a sentence that says what is wrong with it. */
export const wanted = (
  asked: {
    system?: string | undefined
    processors?: string[] | undefined
    formats?: string[] | undefined
    folderOnly?: boolean | undefined
  },
  here: { system: string; processor: string },
): Wanted | string => {
  const system = asked.system ?? here.system
  if (!isSystem(system)) return `'${system}' is no system; there are ${systems.join(', ')}.`
  const targets: Target[] = []
  for (const word of new Set(asked.processors)) {
    if (!isProcessor(word) || !processorsOf[system].includes(word))
      return `Atelier is not packaged for '${word}' on ${system}, only for ${processorsOf[system].join(', ')}.`
    targets.push({ system, processor: word })
  }
  const known = formatsOf[system]
  const unknown = asked.formats?.find((word) => !known.some((each) => each === word))
  if (unknown !== undefined)
    return `'${unknown}' is no package of ${system}; there are ${known.join(', ')}.`
  if (asked.folderOnly && asked.formats?.length)
    return '--dir makes no packages: leave --target out, or --dir.'
  const formats = asked.formats?.length
    ? known.filter((each) => asked.formats?.includes(each))
    : known
  return {
    targets: targets.length ? targets : targetsOf(system, here.processor),
    formats: asked.folderOnly ? [] : formats,
  }
}
