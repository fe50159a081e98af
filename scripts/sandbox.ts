import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What Chromium finds on Linux before it makes its sandbox; null where there is no such file. */
export type SandboxGround = {
  isRoot: boolean
  /** Electron's helper, which makes the sandbox where user namespaces cannot. */
  helper: { path: string; owner: number; mode: number } | null
  /** Debian's switch, and Ubuntu's, and the kernel's count. */
  usernsClone: string | null
  apparmorRestricts: string | null
  maxNamespaces: string | null
  /** Some profile of AppArmor may be about this very program, and may allow it them. */
  mayHaveProfile: boolean
}

export type StartSandbox =
  | { kind: 'on' }
  /** Chromium has none for root, and would abort. */
  | { kind: 'root' }
  /** It may abort, or, where it is `impossible`, it would; the sentence says what to do. */
  | { kind: 'uncertain' | 'impossible'; sentence: string }

/** `command`: what was begun, as its person wrote it. */
export const startSandboxOf = (ground: SandboxGround, command: string): StartSandbox => {
  const { isRoot, helper, usernsClone, apparmorRestricts, maxNamespaces, mayHaveProfile } = ground
  if (isRoot) return { kind: 'root' }
  if (helper && helper.owner === 0 && (helper.mode & 0o4001) === 0o4001) return { kind: 'on' }
  const isForbidden = usernsClone?.trim() === '0' || maxNamespaces?.trim() === '0'
  if (!isForbidden && apparmorRestricts?.trim() !== '1') return { kind: 'on' }
  const path = helper ? `'${helper.path.replaceAll("'", `'\\''`)}'` : null
  const wayOut = path
    ? `Allow Electron's own helper, once: sudo chown root:root ${path} && sudo chmod 4755 ${path}`
    : 'Allow user namespaces, or install the deb or rpm package.'
  const goOn = `${wayOut} (or, for a look, with pages in previews that run no scripts: ${command} -- --no-sandbox)`
  if (!isForbidden && mayHaveProfile)
    return {
      kind: 'uncertain',
      sentence: `This system restricts user namespaces to programs that a profile of AppArmor allows them. If Electron ends without a window: ${goOn}`,
    }
  return {
    kind: 'impossible',
    sentence: `This system restricts user namespaces, and without them or its helper Chromium has no sandbox and does not start. ${goOn}`,
  }
}

/** What AppArmor's pattern of paths means; a variable may be anything. */
const patternOf = (attachment: string): RegExp => {
  let depth = 0
  const meanings: Record<string, () => string> = {
    '**': () => '.*',
    '*': () => '[^/]*',
    '?': () => '[^/]',
    '{': () => {
      depth += 1
      return '(?:'
    },
    '}': () => {
      depth -= 1
      return ')'
    },
    ',': () => (depth > 0 ? '|' : ','),
  }
  const source = attachment.replaceAll(
    /@\{[^}]*\}|\*\*|[*?{},.+^$()|\\]/g,
    (found) => meanings[found]?.() ?? (found.startsWith('@') ? '.*' : `\\${found}`),
  )
  return new RegExp(`^${source}$`)
}

/** Whether some profile may be about the program. Only root can ask AppArmor which are loaded, so it is their text that is read. */
export const mayBeAbout = (profiles: readonly string[], binary: string): boolean =>
  profiles
    .flatMap((profile) => profile.match(/^\s*(?:profile\s|["/@]).*\{\s*$/gm) ?? [])
    .flatMap((header) => header.match(/(?<=^|\s)(?:"[^"]+"|[/@]\S+)/g) ?? [])
    .some((attachment) => {
      try {
        return patternOf(attachment.replaceAll('"', '')).test(binary)
      } catch {
        return true
      }
    })

const text = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

const profileFolder = '/etc/apparmor.d'
const profiles = (): string[] => {
  try {
    return readdirSync(profileFolder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => text(join(profileFolder, name)) ?? '')
  } catch {
    return []
  }
}

/** Elsewhere than on Linux there is always a sandbox. */
export const groundHere = (binary: string): SandboxGround | null => {
  if (process.platform !== 'linux') return null
  const path = join(dirname(binary), 'chrome-sandbox')
  const found = statSync(path, { throwIfNoEntry: false })
  return {
    isRoot: process.getuid?.() === 0,
    helper: found ? { path, owner: found.uid, mode: found.mode } : null,
    usernsClone: text('/proc/sys/kernel/unprivileged_userns_clone'),
    apparmorRestricts: text('/proc/sys/kernel/apparmor_restrict_unprivileged_userns'),
    maxNamespaces: text('/proc/sys/user/max_user_namespaces'),
    mayHaveProfile: mayBeAbout(profiles(), realpathSync(binary)),
  }
}

/** Whether Electron has to go without. Where it may abort, that is said. @throws where it would */
export const goesWithoutSandbox = (
  binary: string,
  { isAsked, command }: { isAsked: boolean; command: string },
): boolean => {
  if (isAsked) return true
  const ground = groundHere(binary)
  const sandbox = ground ? startSandboxOf(ground, command) : ({ kind: 'on' } as const)
  if (sandbox.kind === 'impossible') throw new Error(sandbox.sentence)
  if (sandbox.kind === 'uncertain') console.warn(sandbox.sentence)
  return sandbox.kind === 'root'
}
