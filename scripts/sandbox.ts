import { readFileSync, statSync } from 'node:fs'
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
}

export type StartSandbox =
  | { kind: 'on' }
  /** Chromium has none for root, and would abort. */
  | { kind: 'root' }
  /** It would abort; the sentence says what to do. */
  | { kind: 'impossible'; sentence: string }

export const startSandboxOf = (ground: SandboxGround): StartSandbox => {
  const { isRoot, helper, usernsClone, apparmorRestricts, maxNamespaces } = ground
  if (isRoot) return { kind: 'root' }
  if (helper && helper.owner === 0 && (helper.mode & 0o4001) === 0o4001) return { kind: 'on' }
  const isRestricted =
    usernsClone?.trim() === '0' ||
    maxNamespaces?.trim() === '0' ||
    apparmorRestricts?.trim() === '1'
  if (!isRestricted) return { kind: 'on' }
  const path = helper ? `'${helper.path.replaceAll("'", `'\\''`)}'` : null
  const wayOut = path
    ? `Allow Electron's own helper, once: sudo chown root:root ${path} && sudo chmod 4755 ${path}`
    : 'Allow user namespaces, or install the deb or rpm package.'
  return {
    kind: 'impossible',
    sentence: `This system restricts user namespaces, and without them or its helper Chromium has no sandbox and does not start. ${wayOut} (or, for a look, with pages in previews that run no scripts: npm start -- --no-sandbox)`,
  }
}

const text = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
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
  }
}

/** Whether Electron has to go without; said in a line. @throws where it would abort */
export const goesWithoutSandbox = (binary: string, isAsked = false): boolean => {
  if (isAsked) return true
  const ground = groundHere(binary)
  const sandbox = ground ? startSandboxOf(ground) : ({ kind: 'on' } as const)
  if (sandbox.kind === 'impossible') throw new Error(sandbox.sentence)
  return sandbox.kind === 'root'
}
