import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { type AppUpdater, CancellationToken, type ProgressInfo } from 'electron-updater'
import { z } from 'zod'
import { type Release, release } from '../../../src/contract/updates.ts'
import { Failure, type FailureCode } from '../../../src/domain/failure.ts'
import type { ProxyLogin } from '../../../src/network/proxy-sign-in.ts'
import { bringBackFormerAppImage, keepFormerAppImage } from './former-app-image.ts'
import { openTimeLimits, type TimeLimits } from './time-limits.ts'

/** Milliseconds; Electron's requests have no time limit of their own, and electron-updater sets one on sockets alone. */
const answerMs = 60_000
const silenceMs = 60_000
/** Until then whoever installs has ended this process; macOS checks a signature first. */
const installMs = 120_000

const maxNotesLetters = 100_000

/** What a feed said, which anybody may have written. */
const answered = z.object({
  version: z.string().max(64),
  releaseNotes: z
    .union([
      z.string(),
      z.array(z.object({ version: z.string(), note: z.string().nullish() })),
      z.null(),
    ])
    .optional(),
  releaseDate: z.union([z.string(), z.date()]).nullish(),
  vendor: z.object({ postgres: z.number().int().positive().optional() }).nullish(),
})

const notesOf = (notes: z.infer<typeof answered>['releaseNotes']): string => {
  const text = Array.isArray(notes)
    ? notes.map(({ version, note }) => `## ${version}\n\n${note ?? ''}`).join('\n\n')
    : (notes ?? '')
  return text.slice(0, maxNotesLetters)
}

const releaseOf = (raw: unknown): Release => {
  const { version, releaseNotes, releaseDate, vendor } = answered.parse(raw)
  const releasedAt = new Date(releaseDate ?? Number.NaN)
  return release.parse({
    version,
    notes: notesOf(releaseNotes),
    releasedAt: Number.isNaN(releasedAt.getTime()) ? null : releasedAt.toISOString(),
    postgresMajor: vendor?.postgres ?? null,
  })
}

const codes: Record<string, FailureCode> = {
  ERR_CHECKSUM_MISMATCH: 'update.damaged',
  ERR_UPDATER_INVALID_SIGNATURE: 'update.wrong-signature',
  ERR_UPDATER_CHANNEL_FILE_NOT_FOUND: 'update.feed-invalid',
  ERR_UPDATER_LATEST_VERSION_NOT_FOUND: 'update.feed-invalid',
  ERR_UPDATER_NO_PUBLISHED_VERSIONS: 'update.feed-invalid',
  ERR_UPDATER_INVALID_UPDATE_INFO: 'update.feed-invalid',
  ERR_UPDATER_INVALID_RELEASE_FEED: 'update.feed-invalid',
  ERR_UPDATER_INVALID_VERSION: 'update.feed-invalid',
  ERR_UPDATER_NO_FILES_PROVIDED: 'update.feed-invalid',
  ERR_UPDATER_NO_CHECKSUM: 'update.feed-invalid',
  ERR_UPDATER_ZIP_FILE_NOT_FOUND: 'update.feed-invalid',
  ENOSPC: 'disk.full',
  EACCES: 'disk.denied',
  EPERM: 'disk.denied',
  EROFS: 'disk.denied',
}

/** What went wrong, without the answer or the address that electron-updater puts into its messages. */
export const failureCodeOf = (error: unknown): FailureCode => {
  if (error instanceof Failure) return error.code
  if (error instanceof z.ZodError || error instanceof SyntaxError) return 'update.feed-invalid'
  if (!(error instanceof Error)) return 'internal'
  if (error.name === 'CancellationError' || error.message === 'cancelled') return 'sync.cancelled'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (codes[code]) return codes[code]
  if (/code signature/i.test(error.message)) return 'update.wrong-signature'
  if (/, status 4\d\d/.test(error.message)) return 'update.feed-invalid'
  // Of an answer that is no description of a release at all, such as the page of a captive portal.
  return error instanceof TypeError ? 'update.feed-invalid' : 'update.feed-unreachable'
}

/** In the words of electron-builder's descriptions. */
const sha512Of = async (path: string): Promise<string> => {
  const hash = createHash('sha512')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('base64')
}

export type Progress = Pick<ProgressInfo, 'transferred' | 'total' | 'bytesPerSecond'>

export type UpdaterOptions = {
  /** A new one of the kind this installation needs; again after one that got no answer, which would wait for ever. */
  create: () => AppUpdater
  /** `app-update.yml`, or what stands in its place from source. */
  configuration: string
  log: (line: string) => void
  /** What a proxy asks: electron-updater waits for ever for an answer of somebody who does not listen. */
  login?: ProxyLogin
  /** Begins this application anew once it has ended: for packages, which electron-updater begins with every argument of this run. */
  startAgain?: (() => void) | null
  /** Which stand still while a person is asked something. */
  limits?: TimeLimits
  /** Milliseconds; for tests alone. */
  patience?: { answerMs: number; silenceMs: number }
}

const nobody: ProxyLogin = (_proxy, answer) => answer()

/** Addresses may bear who may fetch them, and answers are anybody's. */
const withoutAddresses = (text: unknown): string =>
  String(text instanceof Error ? text.message : text)
    .replace(/\n.*/s, '')
    .replace(/https?:\/\/[^\s"')]+/g, (found) =>
      URL.canParse(found) ? new URL(found).origin : 'an address',
    )
    .slice(0, 300)

/** electron-updater, held to this application's rules: it does nothing by itself, and goes back to no older version. */
export const openUpdater = ({
  create,
  configuration,
  log,
  login = nobody,
  startAgain = null,
  limits = openTimeLimits(),
  patience,
}: UpdaterOptions) => {
  const waits = patience ?? { answerMs, silenceMs }
  const make = (): AppUpdater => {
    const updater = create()
    updater.logger = {
      info: () => {},
      warn: (line: unknown) => log(withoutAddresses(line)),
      error: (line: unknown) => log(withoutAddresses(line)),
    }
    updater.autoDownload = false
    updater.autoInstallOnAppQuit = false
    updater.allowDowngrade = false
    updater.disableWebInstaller = true
    updater.fullChangelog = true
    // Also from source, and where an installation can look but not replace itself.
    updater.forceDevUpdateConfig = true
    updater.updateConfigPath = configuration
    // Which computers are in a part of a rollout is worked out here; no feed hears a number of this one.
    updater.requestHeaders = { 'x-user-staging-id': 'none' }
    // Each is told to whoever began it; an emitter that nobody hears would end the process.
    updater.on('error', () => {})
    // Its type forgets that to decline is an answer, too.
    updater.on('login', (proxy, answer) => {
      const goOn = limits.hold()
      login(proxy, (...given) => {
        goOn()
        ;(answer as Parameters<ProxyLogin>[1])(...given)
      })
    })
    return updater
  }
  let updater = make()
  let cancellation: CancellationToken | null = null
  /** The SHA-512s of the version that was found last. */
  let published: string[] = []
  /** Who fetched it, which another look may have replaced by now, and what is to be installed. */
  let fetched: { by: AppUpdater; file: string; hashes: string[] } | null = null

  return {
    /** The newest version, where it is newer and meant for this computer. */
    check: async (): Promise<Release | null> => {
      const late = Promise.withResolvers<never>()
      const limit = limits.start(waits.answerMs, () => {
        updater = make()
        late.reject(new Failure('update.feed-unreachable', 'The feed did not answer in time.'))
      })
      try {
        const found = await Promise.race([updater.checkForUpdates(), late.promise])
        if (!found?.isUpdateAvailable) return null
        published = found.updateInfo.files.map(({ sha512 }) => sha512)
        return releaseOf(found.updateInfo)
      } finally {
        limit.end()
      }
    },

    download: async (heard: (progress: Progress) => void): Promise<void> => {
      const token = new CancellationToken()
      cancellation = token
      let isSilent = false
      const giveUp = (): void => {
        isSilent = true
        token.cancel()
      }
      const limit = limits.start(waits.silenceMs, giveUp)
      const by = updater
      const hashes = published
      const progressed = (progress: ProgressInfo): void => {
        limit.again()
        heard(progress)
      }
      by.on('download-progress', progressed)
      try {
        const [file] = await by.downloadUpdate(token)
        fetched = file === undefined ? null : { by, file, hashes }
      } catch (error) {
        throw isSilent
          ? new Failure('update.feed-unreachable', 'The download came to a standstill.')
          : error
      } finally {
        limit.end()
        by.off('download-progress', progressed)
        cancellation = null
      }
    },

    cancel: (): void => cancellation?.cancel(),

    /** Ends this process, for the new version to begin; rejects where that did not come to pass. */
    install: async (appImage: string | null): Promise<never> => {
      if (!fetched) throw new Failure('update.not-installed', 'Nothing was fetched.')
      const { by, file, hashes } = fetched
      // It has lain there since, where whoever is this person may write, and what installs it may have more rights.
      const found = await sha512Of(file).catch(() => null)
      if (found === null || !hashes.includes(found))
        throw new Failure('update.damaged', 'What was fetched is not any more what was published.')
      if (appImage) await keepFormerAppImage(appImage)
      const failed = Promise.withResolvers<never>()
      let hasFailed = false
      const heard = (error: unknown): void => {
        hasFailed = true
        failed.reject(error)
      }
      by.once('error', heard)
      let timer: NodeJS.Timeout | undefined
      try {
        // Comes back when a package is installed, for which the system asks its person for a password.
        by.quitAndInstall(true, startAgain === null)
        if (!hasFailed) startAgain?.()
        timer = setTimeout(
          () => failed.reject(new Failure('update.not-installed', 'Nobody installed it.')),
          installMs,
        )
        return await failed.promise
      } catch (error) {
        if (appImage && !existsSync(appImage)) await bringBackFormerAppImage(appImage)
        throw error
      } finally {
        clearTimeout(timer)
        by.off('error', heard)
      }
    },
  }
}

export type Updater = ReturnType<typeof openUpdater>
