/**
 * What a keychain answered, or that it keeps silent: a window of its own may ask the person, for as long as nobody
 * looks at it. `later` hears what it answers all the same, and nothing where it refuses.
 */
export type Answer<T> =
  | { kind: 'answered'; value: T }
  | { kind: 'silent'; later: (answered: (value: T) => void) => void }

/** Waits `patienceMs` milliseconds at most. Throws what `work` throws within them; a refusal that comes later is nobody's. */
export const patiently = async <T>(work: Promise<T>, patienceMs: number): Promise<Answer<T>> => {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<Answer<T>>((resolve) => {
    timer = setTimeout(
      () => resolve({ kind: 'silent', later: (answered) => void work.then(answered, () => {}) }),
      patienceMs,
    ).unref()
  })
  try {
    return await Promise.race([
      work.then((value): Answer<T> => ({ kind: 'answered', value })),
      silence,
    ])
  } finally {
    clearTimeout(timer)
  }
}
