import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FolderLink } from '../contract/folders.ts'
import { openWay } from '../contract/network.ts'
import { idleSync } from '../contract/sync.ts'
import { argumentsAgain, argumentsOfNext, commandInArguments } from './arguments.ts'
import {
  autostartEntry,
  commandOf,
  isEnabledEntry,
  isOfFormerImage,
  startsProgram,
} from './autostart-entry.ts'
import { closingOf } from './closing.ts'
import { desktopDefaults, keptDesktopSettings } from './desktop-settings.ts'
import { commandByKey } from './keys.ts'
import { loginStateOf } from './login-state.ts'
import { type Need, needsOf, type World } from './needs.ts'
import { type Notice, Notices } from './notices.ts'
import { notificationBody } from './notification-body.ts'
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
  network: openWay,
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

test('changes that the server does not take need the person, as one thing however many they are', () => {
  const needs = (blocked: number) =>
    needsOf({ ...calm, sync: { ...idleSync, mutations: { waiting: 4, blocked } } })
  expect(needs(0)).toEqual([])
  expect(needs(1)).toMatchObject([{ key: 'changes', title: 'A change was not taken' }])
  expect(needs(3)).toMatchObject([
    { key: 'changes', title: '3 changes were not taken', command: { kind: 'sync' } },
  ])
})

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
  const held = { held: { count: 300, here: 300, paths: [] }, blocked: [], transfers: [] }
  const folder = { ...held, id: 'one', title: 'Tides', status: 'waiting', pending: { up: 0 } }
  expect(standing({ folders: [folder as unknown as FolderLink] }).needs).toHaveLength(1)
})

test('changes that wait for the server are counted with the files that do', () => {
  const words = (state: Partial<World['sync']>): string =>
    standingOf({ ...calm, sync: { ...idleSync, ...state } }, 0).words
  const mutations = { waiting: 1, blocked: 0 }
  expect(words({ mutations })).toBe('1 to send')
  expect(words({ mutations, outbox: 2 })).toBe('3 to send')
  expect(words({ mutations, outbox: 2, paused: true })).toBe('Paused, 3 to send')
  expect(words({ mutations, phase: 'offline' })).toBe('Offline, 1 to send')
})

test('what the network between asks needs somebody, whether or not anybody is signed in', () => {
  const proxy = {
    kind: 'proxy' as const,
    id: 'proxy-1',
    host: 'proxy.example',
    port: 3128,
    realm: 'Harbour',
    isPlain: true,
    userName: '',
    wasRefused: false,
  }
  const certificate = {
    kind: 'certificate' as const,
    id: 'certificate-1',
    host: 'team.example:443',
    certificates: [],
  }
  const token = {
    kind: 'token' as const,
    id: 'token-1',
    host: 'team.example:443',
    name: 'A card',
    wasRefused: false,
  }
  const world: World = {
    ...calm,
    session: { status: 'starting' },
    network: { ...openWay, questions: [proxy, certificate, token] },
  }
  const { kind, words, needs } = standingOf(world, 0)
  expect([kind, words]).toEqual(['needs-you', '3 things need you'])
  expect(needs.map(({ title }) => title)).toEqual([
    'Your network’s proxy wants a sign-in',
    'Your server wants a certificate',
    'A certificate of yours is locked',
  ])
  expect(needs[0]).toMatchObject({
    kind: 'attention',
    body: 'proxy.example:3128 lets nothing through before.',
    command: { kind: 'sync' },
  })
  // One that is put again, with a reason, is another.
  expect(new Set(needs.map(({ key }) => key)).size).toBe(3)
  expect(standingOf({ ...world, network: openWay }, 0).kind).toBe('signed-out')
})

test('a server that is missed for a moment is no news', () => {
  const world = { ...calm, sync: { ...idleSync, missedSince: new Date(0).toISOString() } }
  expect(standingOf(world, 1_000).kind).toBe('up-to-date')
  expect(standingOf(world, 60_000).kind).toBe('offline')
})

const need = (key: string, kind: Need['kind'] = 'conflict'): Need => ({
  key,
  kind,
  title: key,
  body: '',
  command: { kind: 'sync' },
})
const noticing = (saysNames = true) => {
  const shown: Notice[] = []
  const withdrawn: string[] = []
  const waiting: (() => void)[] = []
  let isWatched = false
  const notices = new Notices({
    show: (notice) => shown.push(notice),
    withdraw: (kind) => withdrawn.push(kind),
    isWatched: () => isWatched,
    saysNames: () => saysNames,
    later: (work) => waiting.push(work),
  })
  return {
    notices,
    shown,
    withdrawn,
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
      const entry = autostartEntry(command, {})
      expect(read(entry)).toEqual(command)
      expect(commandOf(entry)).toEqual(command)
      expect(isEnabledEntry(entry)).toBe(true)
    }),
  )
  expect(() => autostartEntry(['/opt/a\nHidden=true'], {})).toThrow()
  expect(isEnabledEntry(`${autostartEntry(['x'], {})}Hidden=true\n`)).toBe(false)
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

test('a start after this one is given what it was, but not what it was to do first', () => {
  const asked = ['--hidden', '--do=sync', 'atelier://auth/callback?code=x', 'ATELIER://x']
  expect(argumentsAgain(['.', '--demo', ...asked, '--no-sandbox'])).toEqual([
    ...['.', '--demo', '--no-sandbox'],
  ])
})

test('the next start is given what came while this one was going, a link at the very end', () => {
  const link = 'atelier://auth/callback?flow=1&code=2'
  const next = (...came: string[][]) => argumentsOfNext(['.', '--hidden', 'atelier://old'], came)
  const chromiums = '--allow-file-access-from-files'
  expect(next([])).toEqual(['.'])
  expect(next(['electron', chromiums, '.', link])).toEqual(['.', link])
  expect(next([link], ['--do=sync'], ['atelier'])).toEqual(['.', '--do=sync', link])
  expect(next(['--do=settings', '--do=other'], ['--do=sync'])).toEqual(['.', '--do=sync'])
  // The last sign-in is the one that is waited for.
  expect(next(['atelier://earlier'], [link])).toEqual(['.', link])
  // Of two links in one launch none is believed; it is the next start that says so.
  expect(next([link, link])).toEqual(['.', link, link])
  // A login alone opens no window; with a person beside it there is one.
  expect(next(['--hidden'])).toEqual(['.', '--hidden'])
  expect(next(['--hidden'], [])).toEqual(['.'])
})

test('only an entry that starts this very Atelier says that it starts at a login', () => {
  const entry = autostartEntry(['/home/ada/Atelier 2.AppImage', '--hidden'], {})
  expect(startsProgram(entry, ['/home/ada/Atelier 2.AppImage'])).toBe(true)
  expect(startsProgram(entry, ['/home/ada/Atelier 3.AppImage'])).toBe(false)
  expect(startsProgram('[Desktop Entry]\nExec=/opt/other --hidden\n', ['/opt/other'])).toBe(true)
  expect(startsProgram('', ['/opt/other'])).toBe(false)
})

test('the entry of a former AppImage is followed, and nobody else’s', () => {
  const entry = (program: string) => autostartEntry([program, '--hidden'], {})
  const now = '/home/ada/Atelier 3.AppImage'
  const former = (text: string, isThere = true) => isOfFormerImage(text, now, () => isThere)
  expect(former(entry('/home/ada/Atelier 2.AppImage'))).toBe(true)
  expect(former(entry('/opt/Atelier/atelier'), false)).toBe(true)
  expect(former(entry('/opt/Atelier/atelier'))).toBe(false)
  expect(former(entry(now))).toBe(false)
  expect(former('')).toBe(false)
  expect(former(`${entry('/home/ada/Atelier 2.AppImage')}Hidden=true\n`)).toBe(false)
})

test('an entry that Windows has switched off starts nothing, and macOS may wait for a yes', () => {
  const item = { openAtLogin: true, executableWillLaunchAtLogin: false, status: 'enabled' }
  expect(loginStateOf('win32', item).startsAtLogin).toBe(false)
  expect(loginStateOf('win32', { ...item, executableWillLaunchAtLogin: true })).toEqual({
    startsAtLogin: true,
    needsApproval: false,
  })
  expect(loginStateOf('darwin', item)).toEqual({ startsAtLogin: true, needsApproval: false })
  const asked = { ...item, openAtLogin: false, status: 'requires-approval' }
  expect(loginStateOf('darwin', asked)).toEqual({ startsAtLogin: false, needsApproval: true })
})

test('what people call things is no markup', () => {
  expect(notificationBody('linux', 'In <Tides> & Co.')).toBe('In &lt;Tides&gt; &amp; Co.')
  expect(notificationBody('win32', 'In <Tides> & Co.')).toBe('In <Tides> & Co.')
})

test('who wants no names on a locked screen is told without them, and led to the same place', () => {
  const { notices, shown, pass } = noticing(false)
  notices.follow([need('secret.txt')])
  pass()
  expect(shown).toEqual([
    {
      kind: 'conflict',
      title: 'A file is in two versions',
      body: 'Both are kept until you choose.',
      command: { kind: 'sync' },
    },
  ])
})

test('keys that are the window’s are known in a preview, and no other', () => {
  const plain = { type: 'keyDown', alt: false, control: true, meta: false, shift: false }
  const pressed = (key: string, other: object = {}, platform: NodeJS.Platform = 'linux') =>
    commandByKey({ ...plain, key, isAutoRepeat: false, ...other }, platform)
  expect(pressed('K')).toEqual({ kind: 'search' })
  expect(pressed(',')).toEqual({ kind: 'settings' })
  expect(pressed('k', { control: false, meta: true }, 'darwin')).toEqual({ kind: 'search' })
  for (const other of [{ control: false }, { shift: true }, { alt: true }, { type: 'keyUp' }])
    expect(pressed('k', other)).toBeNull()
  expect(pressed('k', { isAutoRepeat: true })).toBeNull()
  expect(pressed('c')).toBeNull()
  expect(pressed('k', {}, 'darwin')).toBeNull()
})
