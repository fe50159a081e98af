import type { InstallStep, Release, UpdateMeans, Updates } from '../../../src/contract/updates.ts'
import type { FailureCode } from '../../../src/domain/failure.ts'
import {
  advance,
  begin,
  type Effect,
  type Happening,
  shownOf,
} from '../../../src/updates/policy.ts'
import { embeddedPostgresMajor } from '../../../src/updates/postgres.ts'
import type { openMemory } from './memory.ts'
import type { Updater } from './updater.ts'

/** Milliseconds between two looks at the clock; a computer that slept a day looks soon after it woke. */
const tickMs = 60_000

export type ServiceOptions = {
  means: UpdateMeans
  memory: Awaited<ReturnType<typeof openMemory>>
  /** Of this run. */
  version: string
  /** Loaded when it is wanted first: a start does not wait for it. */
  updater: () => Promise<Updater>
  failureCodeOf: (error: unknown) => Promise<FailureCode>
  /** `copy`: of the database here. Everything is saved and closed, or it throws and everything is as before. */
  prepare: (copy: boolean, told: (step: InstallStep) => void) => Promise<void>
  /** Ends this process, for the new version to begin. Does not come back, or throws: then everything is to be opened. */
  install: (updater: Updater) => Promise<void>
  openPage: () => Promise<void>
  /** Ends this process: whoever installs by hand begins the next version. */
  quit: () => void
  hasDatabase: () => boolean
  /** After a preparation that came to nothing. */
  openAgain: () => Promise<void>
  changed: (updates: Updates) => void
  /** An update is there: for whoever tells people of it outside of the window. */
  announced: (release: Release) => void
  log: (line: string) => void
  /** What a person sees has the code alone. */
  failed: (of: string, error: unknown) => void
  now?: () => number
}

/** Runs the policy (src/updates/policy.ts): what happens goes in, what is to be done is done here. */
export const openService = (options: ServiceOptions) => {
  const { memory, now = Date.now } = options
  const { automatic, skipped, attempt } = memory.get()
  let model = begin({ means: options.means, automatic, skipped }, now())
  let isClosed = false
  const shown = (): Updates => shownOf(model, now(), options.hasDatabase())
  let shownLast = ''

  const happen = (happening: Happening): void => {
    if (isClosed) return
    const step = advance(model, happening, now())
    model = step.model
    // With what was told last: by the clock alone it is another, as when the day of "Later" is over.
    const after = shown()
    if (JSON.stringify(after) !== shownLast) {
      shownLast = JSON.stringify(after)
      options.changed(after)
    }
    for (const effect of step.effects) void run(effect)
  }

  /** What ends badly is told to the policy, by what was under way. */
  const attemptOf = async (
    of: Extract<Happening, { type: 'failed' }>['of'],
    work: () => Promise<void>,
  ): Promise<void> => {
    try {
      await work()
    } catch (error) {
      const failure = await options.failureCodeOf(error)
      options.failed(of, error)
      happen({ type: 'failed', of, failure })
    }
  }

  const told = (step: InstallStep): void => happen({ type: 'installing', step })

  const install = async (release: Release, mayCopy: boolean): Promise<void> => {
    // What may fail by itself comes first: nothing is closed yet.
    const updater = await options.updater()
    const { version: to, postgresMajor } = release
    await memory.update({ attempt: { from: options.version, to, postgresMajor } })
    let isPrepared = false
    try {
      // A feed that does not say which PostgreSQL comes may bring another.
      const copy = mayCopy && postgresMajor !== embeddedPostgresMajor
      await options.prepare(copy, told)
      isPrepared = true
      happen({ type: 'installing', step: 'installing' })
      await options.install(updater)
    } catch (error) {
      await memory
        .update({ attempt: null })
        .catch(() => options.log('the attempt could not be taken back'))
      if (isPrepared) await options.openAgain()
      throw error
    }
  }

  const leave = async (): Promise<void> => {
    await options.prepare(true, told)
    try {
      happen({ type: 'installing', step: 'leaving' })
      await options.openPage()
    } catch (error) {
      await options.openAgain()
      throw error
    }
    // A server that started again would take the copy away.
    options.quit()
  }

  const run = async (effect: Effect): Promise<void> => {
    switch (effect.type) {
      case 'check':
        return attemptOf('check', async () => {
          const release = await (await options.updater()).check()
          happen(release ? { type: 'found', release } : { type: 'foundNothing' })
        })
      case 'download':
        return attemptOf('download', async () => {
          const updater = await options.updater()
          await updater.download(({ transferred, total, bytesPerSecond }) =>
            happen({
              type: 'progressed',
              bytesDone: transferred,
              bytesTotal: total,
              bytesPerSecond: Math.round(bytesPerSecond),
            }),
          )
          happen({ type: 'downloaded' })
        })
      case 'cancel':
        return (await options.updater()).cancel()
      case 'install':
        return attemptOf('install', () => install(effect.release, effect.mayCopy))
      case 'leave':
        return attemptOf('install', leave)
      case 'openPage':
        return options.openPage().catch(() => options.log('the download page could not be opened'))
      case 'keep':
        return memory
          .update({ automatic: model.automatic, skipped: model.skipped })
          .catch(() => options.log('what was chosen could not be kept'))
      case 'announce':
        return options.announced(effect.release)
    }
  }

  if (attempt) {
    void memory
      .update({ attempt: null })
      .catch(() => options.log('the attempt could not be taken back'))
    // The same version as before the restart.
    if (attempt.from === options.version)
      model = {
        ...model,
        state: {
          status: 'failed',
          during: 'install',
          failure: 'update.not-installed',
          release: {
            version: attempt.to,
            notes: '',
            releasedAt: null,
            postgresMajor: attempt.postgresMajor,
          },
        },
      }
  }
  shownLast = JSON.stringify(shown())
  const clock = setInterval(() => happen({ type: 'time' }), tickMs)
  clock.unref()
  return {
    shown,
    happen,
    close: (): void => {
      isClosed = true
      clearInterval(clock)
    },
  }
}
