import fc from 'fast-check'
import { expect, test } from 'vitest'
import { desktopDefaults, keptDesktopSettings } from '../contract/desktop.ts'
import type { FolderLink } from '../contract/folders.ts'
import { idleSync } from '../contract/sync.ts'
import { commandInArguments } from './arguments.ts'
import { autostartEntry, isEnabledEntry } from './autostart-entry.ts'
import { closingOf } from './closing.ts'
import type { Need, World } from './needs.ts'
import { type Notice, Notices } from './notices.ts'
import { spellingLanguages } from './spelling-languages.ts'
import { standingOf } from './standing.ts'
import { zoomAfter } from './zoom.ts'

const account = {
  id: '0190a3c5-0000-7000-8000-000000000001',
  email: null,
  displayName: 'Ada',
  avatarUrl: null,
}
const calm: World = {
  session: { status: 'active', account, vault: 'keychain' },
  sync: idleSync,
  folders: [],
  conflicts: [],
}
const conflict = {
  artifactId: account.id,
  title: 'Tides',
  originalId: null,
  originalRevision: null,
  path: 'pages/visit.html',
  copyId: account.id,
  copyRevision: 1,
  copyPath: 'pages/visit (conflict).html',
  device: 'desk',
  at: '2026-01-31 14.03.22',
}

test('how sync stands is one word, and what needs somebody comes before what goes on', () => {
  const standing = (world: Partial<World>, now = 0) => standingOf({ ...calm, ...world }, now)
  expect(standing({}).kind).toBe('up-to-date')
  expect(standing({ session: { status: 'signedOut', failure: null } }).kind).toBe('signed-out')
  expect(standing({ sync: { ...idleSync, paused: true, outbox: 2 } })).toMatchObject({
    kind: 'paused',
    words: 'Paused, 2 files to send',
  })
  const moving = { ...idleSync, phase: 'transferring' as const }
  expect(standing({ sync: moving })).toMatchObject({ kind: 'syncing', progress: null })
  expect(standing({ sync: moving, conflicts: [conflict] })).toMatchObject({
    kind: 'needs-you',
    words: 'One thing needs you',
  })
  const held = { held: { count: 300, here: 300, paths: [] }, parked: [], transfers: [] }
  const folder = { ...held, id: 'one', title: 'Tides', status: 'waiting', pending: { up: 0 } }
  expect(standing({ folders: [folder as unknown as FolderLink] }).needs).toHaveLength(1)
})

test('a server that is missed for a moment is no news', () => {
  const world = { ...calm, sync: { ...idleSync, missedSince: new Date(0).toISOString() } }
  expect(standingOf(world, 1_000).kind).toBe('up-to-date')
  expect(standingOf(world, 60_000).kind).toBe('offline')
})

const need = (key: string, kind: Need['kind'] = 'conflict'): Need => ({
  ...{ key, kind, title: key, body: '' },
  command: { kind: 'sync' },
})
const noticing = () => {
  const shown: Notice[] = []
  const withdrawn: string[] = []
  const waiting: (() => void)[] = []
  let isWatched = false
  const notices = new Notices({
    show: (notice) => shown.push(notice),
    withdraw: (kind) => withdrawn.push(kind),
    isWatched: () => isWatched,
    later: (work) => waiting.push(work),
  })
  return {
    ...{ notices, shown, withdrawn },
    watch: (is: boolean) => {
      isWatched = is
    },
    pass: () => {
      for (const work of waiting.splice(0)) work()
    },
  }
}

test('what comes together is told together, and once', () => {
  const { notices, shown, pass } = noticing()
  notices.follow([need('one')])
  notices.follow([need('one'), need('two'), need('file', 'attention')])
  expect(shown).toEqual([])
  pass()
  expect(shown.map(({ title }) => title)).toEqual(['file', '2 files in two versions'])
  notices.follow([need('one'), need('two'), need('file', 'attention')])
  pass()
  expect(shown).toHaveLength(2)
})

test('what is gone again is not told, and what was told of it is taken back', () => {
  const { notices, shown, withdrawn, pass } = noticing()
  notices.follow([need('one')])
  notices.follow([])
  pass()
  expect(shown).toEqual([])
  notices.follow([need('one')])
  pass()
  notices.follow([])
  expect(withdrawn).toEqual(['conflict'])
})

test('who looks at the window is told of nothing, then or later', () => {
  const { notices, shown, watch, pass } = noticing()
  watch(true)
  notices.follow([need('one')])
  pass()
  watch(false)
  notices.follow([need('one')])
  pass()
  expect(shown).toEqual([])
})

test('closing is asked about only where something would stand still, and an icon is there', () => {
  const here = { platform: 'linux', whenClosed: 'ask', hasTray: true, keepsInStep: true } as const
  expect(closingOf(here)).toBe('asks')
  expect(closingOf({ ...here, keepsInStep: false })).toBe('ends')
  expect(closingOf({ ...here, hasTray: false })).toBe('ends')
  expect(closingOf({ ...here, whenClosed: 'stay', hasTray: false })).toBe('stays')
  expect(closingOf({ ...here, whenClosed: 'quit' })).toBe('ends')
  expect(closingOf({ ...here, platform: 'darwin', whenClosed: 'quit' })).toBe('stays')
})

test('settings of an older Atelier, or damaged ones, hold as far as they can be read', () => {
  expect(keptDesktopSettings.parse(undefined)).toEqual(desktopDefaults)
  expect(keptDesktopSettings.parse({ whenClosed: 'stay', zoom: 99, tray: 'no' })).toEqual({
    ...desktopDefaults,
    whenClosed: 'stay',
  })
})

/** As the specification has a desktop read `Exec`: the value first, then each argument. */
const read = (entry: string): string[] => {
  const line = /^Exec=(.*)$/m.exec(entry)?.[1] ?? ''
  const value = line.replaceAll('%%', '%').replace(/\\(.)/g, '$1')
  return [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
    text.replace(/\\(.)/g, '$1'),
  )
}
test('what a desktop reads of the entry is what was to be started, whatever its name', () => {
  const argument = fc.string({ unit: 'binary' }).filter(
    (text) =>
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the entry refuses them.
      !/[\u0000-\u001f]/.test(text),
  )
  fc.assert(
    fc.property(fc.array(argument, { minLength: 1 }), (command) => {
      const entry = autostartEntry(command)
      expect(read(entry)).toEqual(command)
      expect(isEnabledEntry(entry)).toBe(true)
    }),
  )
  expect(() => autostartEntry(['/opt/a\nHidden=true'])).toThrow()
  expect(isEnabledEntry(`${autostartEntry(['x'])}Hidden=true\n`)).toBe(false)
})

test('words are looked up in what the person reads, and in nothing there is no dictionary of', () => {
  const available = ['de', 'en-GB', 'en-US', 'pt-BR']
  expect(spellingLanguages(['en-GB', 'de-AT', 'tlh'], available)).toEqual(['en-GB', 'de'])
  expect(spellingLanguages(['pt-PT', 'PT-br'], available)).toEqual(['pt-BR'])
})

test('zooming ends where Chromium ends', () => {
  expect(zoomAfter(0, 'in')).toBe(0.5)
  expect(zoomAfter(5, 'in')).toBe(5)
  expect(zoomAfter(-4, 'out')).toBe(-4)
  expect(zoomAfter(3, 'reset')).toBe(0)
})

test('an entry of a taskbar’s list is known, and nothing else is', () => {
  expect(commandInArguments(['atelier', '--do=sync'])).toEqual({ kind: 'sync' })
  expect(commandInArguments(['atelier', '--do=everything', 'constructor'])).toBeNull()
})
