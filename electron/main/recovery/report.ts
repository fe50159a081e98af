import { writeFile } from 'node:fs/promises'
import { arch, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { t } from '@lingui/core/macro'
import { app, type BrowserWindow, dialog, session, shell } from 'electron'
import { Failure } from '../../../src/domain/failure.ts'
import { failuresIn, isOfSync, reportText } from '../../../src/recovery/report.ts'
import { crashDumps, dumpRequests } from './dumps.ts'
import { sizesOf } from './stores.ts'

/** Lines of the log in a report. */
const maxLines = 200

export type ReportOptions = {
  /** By name, of what is kept: a folder each. */
  stores: Record<string, string>
  log: {
    folder: string
    redact: (text: string) => string
    lastLines: (count: number) => Promise<string[]>
  }
  window: () => BrowserWindow | null
  /** Which backend, and how it does; and where it is, only to ask which way leads there. */
  backend: () => { words: string; url: string | null }
  /** What of a person's changes waits for the server; null: nobody is here. */
  mutations: () => Promise<{
    waiting: number
    blocked: number
    oldest: string | null
    lastRefusal: string | null
  } | null>
  /** How the system's keychain answers. */
  keychain: () => string
  /** How the server tells of others' work. */
  live: () => string
}

/** Which way leads to the server; the name of a proxy is the person's network's business. */
const wayTo = async (url: string | null): Promise<string> => {
  if (url === null) return 'unknown'
  const told = await session.defaultSession.resolveProxy(url).catch(() => '')
  if (told === '') return 'unknown'
  return told.startsWith('DIRECT') ? 'direct' : `by a proxy (${told.split(' ', 1)[0]})`
}

const libc = (): string => {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return report.header?.glibcVersionRuntime ?? 'unknown'
}

const changesInWords = async (mutations: ReportOptions['mutations']): Promise<string> => {
  const figures = await mutations().catch(() => null)
  if (figures === null) return 'unknown'
  const { waiting, blocked, oldest, lastRefusal } = figures
  if (oldest === null) return 'none'
  return `${waiting} waiting, ${blocked} blocked, the oldest of ${oldest}, last refusal ${lastRefusal ?? 'none'}`
}

const make = async (options: ReportOptions) => {
  const { stores: places, log: file, backend, mutations, keychain, live } = options
  const dumps = await crashDumps()
  const { words, url } = backend()
  const stores = await Promise.all(
    Object.entries(places).map(([name, path]) => sizesOf(name, path)),
  )
  // All of it: what sync said may be long before the last lines.
  const log = await file.lastLines(Number.POSITIVE_INFINITY)
  const { electron = 'none', chrome = 'none', node } = process.versions
  const facts = {
    made: new Date().toISOString(),
    versions: {
      Atelier: `${app.getVersion()}, ${app.isPackaged ? 'installed' : 'from source'}`,
      Electron: electron,
      Chromium: chrome,
      Node: node,
    },
    system: {
      system: `${process.platform} ${release()}`,
      processor: arch(),
      memory: `${Math.round(totalmem() / 1_000_000_000)} GB`,
      ...(process.platform === 'linux'
        ? { glibc: libc(), session: process.env.XDG_SESSION_TYPE ?? 'unknown' }
        : {}),
    },
    state: {
      backend: words,
      'way to it': await wayTo(url),
      'changes owed': await changesInWords(mutations),
      keychain: keychain(),
      realtime: live(),
      'atelier:// links': app.isDefaultProtocolClient('atelier')
        ? 'opened by Atelier'
        : 'not opened by Atelier',
      sandbox: app.commandLine.hasSwitch('no-sandbox') ? 'off' : 'on',
      'running for': `${Math.round(process.uptime() / 60)} minutes`,
    },
    stores: stores.flat(),
    dumps,
    lines: log.slice(-maxLines),
    failures: failuresIn(log),
    syncFailures: failuresIn(log, isOfSync),
  }
  return { text: reportText(facts, file.redact), hasDumps: dumps.length > 0 }
}

/** A report of a problem, which the person reads and gives to whom they like. */
export const reportRequests = (options: ReportOptions) => {
  let last: string | null = null
  return {
    'diagnostics.report': async () => {
      const report = await make(options)
      last = report.text
      return report
    },
    /** What was shown last, word for word. False when the person thought better of it. */
    'diagnostics.saveReport': async (): Promise<boolean> => {
      if (last === null) throw new Failure('internal', 'No report was made.')
      const text = last
      const asked = {
        title: t`Save the report`,
        defaultPath: join(
          app.getPath('documents'),
          `atelier-report-${new Date().toISOString().slice(0, 10)}.txt`,
        ),
        filters: [{ name: t`Text`, extensions: ['txt'] }],
      }
      const window = options.window()
      const { canceled, filePath } = window
        ? await dialog.showSaveDialog(window, asked)
        : await dialog.showSaveDialog(asked)
      if (canceled || !filePath) return false
      await writeFile(filePath, text, { mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
        throw new Failure(
          error.code === 'ENOSPC' ? 'disk.full' : 'disk.denied',
          'The report could not be saved there.',
          { cause: error },
        )
      })
      return true
    },
    'diagnostics.openLogs': async (): Promise<void> => {
      // A folder of ours alone; it is opened, not run.
      const refusal = await shell.openPath(options.log.folder)
      if (refusal) throw new Failure('folder.missing', refusal)
    },
    ...dumpRequests,
  }
}
