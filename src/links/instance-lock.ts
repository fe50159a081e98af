/**
 * The lock that Chromium lays into the data folder on Linux and macOS: a symbolic link whose target is
 * `<host>-<process>`. Whoever cannot have it learns from Electron only that it cannot be had; one of another host
 * Electron takes without asking.
 */
export type LockHolder = { host: string; pid: number }

/** Null for what is no lock of ours. */
export const lockHolderOf = (target: string): LockHolder | null => {
  const [, host, pid] = /^(.+)-(\d{1,10})$/.exec(target) ?? []
  return host && pid ? { host, pid: Number(pid) } : null
}

export type LockState =
  /** Nobody has it, as far as can be seen. */
  | { kind: 'free' }
  /** Somebody of this computer, who gets our arguments. */
  | { kind: 'here' }
  /** Over a folder that two computers share; or what a crash of this one left when it had another name. */
  | { kind: 'elsewhere'; host: string }

export const lockStateOf = (
  target: string | null,
  here: {
    host: string
    /** The socket that lies beside the lock leads to something: then it was made on this computer, whatever its name was. */
    isSocketHere: boolean
    isAlive: (pid: number) => boolean
  },
): LockState => {
  const { host, isSocketHere, isAlive } = here
  const holder = target === null ? null : lockHolderOf(target)
  if (!holder) return { kind: 'free' }
  if (holder.host !== host && !isSocketHere) return { kind: 'elsewhere', host: holder.host }
  return isAlive(holder.pid) ? { kind: 'here' } : { kind: 'free' }
}

/** What a start comes to. */
export type Start =
  | { kind: 'first' }
  /** Another one is there, and has our arguments. */
  | { kind: 'handedOver' }
  | { kind: 'elsewhere'; host: string }
  | { kind: 'refused' }

/**
 * Who quits while we start has let go of the lock a moment later: it is asked for once more. Whoever cannot have a lock
 * that nobody has may not write where it lies, and says so.
 */
export const startBy = (lock: { look: () => LockState; take: () => boolean }): Start => {
  const before = lock.look()
  if (before.kind === 'elsewhere') return before
  if (lock.take()) return { kind: 'first' }
  if (lock.look().kind === 'here') return { kind: 'handedOver' }
  if (lock.take()) return { kind: 'first' }
  const { kind } = lock.look()
  return kind === 'here' ? { kind: 'handedOver' } : { kind: 'refused' }
}
