import type { CacheDatabase } from '../../electron/main/store/database.ts'
import { Failure, type FailureCode } from '../../src/domain/failure.ts'
import { createRandom, type Random } from './random.ts'
import type { Strike } from './world.ts'

/** What can go wrong with a request, and what of it has happened then. */
export const netFaults = [
  // Before the server hears of it
  'refused',
  'cut-up',
  'hang',
  'rest-401',
  'jwt-expired',
  'html-403',
  '423',
  '429',
  '500',
  'html-502',
  '544',
  // After it has done what was asked
  'lost',
  'html-502-after',
  '500-after',
  'twice',
  'twice-late',
  // On the way back
  'late',
  'cut-down',
  'stall',
  'flip',
  'truncate',
  'stale',
  'no-range',
  'wrong-range',
  'html-200',
  'nothing-200',
] as const
export type NetFault = (typeof netFaults)[number]
/** Those that only make sense for bytes. */
export const bodyFaults: readonly NetFault[] = [
  'flip',
  'truncate',
  'stale',
  'no-range',
  'wrong-range',
]
export const requests = [
  'pull',
  'commit',
  'upload',
  'create',
  'head',
  'patch',
  'info',
  'download',
] as const
export type RequestKind = (typeof requests)[number]

const diskMethods = [
  'scan',
  'look',
  'stat',
  'hash',
  'read',
  'stage',
  'write',
  'reset',
  'seal',
  'close',
  'place',
  'move',
  'setAside',
  'aside',
  'bringBack',
  'discard',
] as const
const storeMethods = ['load', 'saveKnown', 'savePull', 'begin', 'finish'] as const
const remoteMethods = ['pull', 'send', 'fetch', 'commit', 'versions'] as const
export const portMethods: readonly string[] = [
  ...diskMethods.map((name) => `disk.${name}`),
  ...storeMethods.map((name) => `store.${name}`),
  ...remoteMethods.map((name) => `remote.${name}`),
]
/** Of a computer that has the application open. */
const filesMethods = [
  'list',
  'makeFolder',
  'size',
  'read',
  'stream',
  'open',
  'write',
  'sync',
  'close',
  'rename',
  'syncFolder',
  'remove',
] as const
const cacheMethods = [
  'matchBlobs',
  'saveEdit',
  'queueNew',
  'applyPull',
  'committed',
  'settle',
  'keepBoth',
  'addBlob',
  'touchBlob',
  'evict',
  'outboxOf',
  'outboxStatus',
  'editToSend',
  'files',
  'outOfStep',
  'rememberUpload',
  'uploadLocation',
  'markSent',
  'blockEdit',
  'demoteBlocked',
  'cursor',
  'file',
  'keptBytes',
  'applyPart',
] as const satisfies readonly (keyof CacheDatabase)[]
export const appMethods: readonly string[] = [
  ...filesMethods.map((name) => `files.${name}`),
  ...cacheMethods.map((name) => `cache.${name}`),
]
export const portModes = ['crash-before', 'crash-after', 'error'] as const
export type PortMode = (typeof portModes)[number]

/** Of a folder's disk alone. */
const folderFaults = ['unmount', 'unread', 'hold'] as const
/** Of the application alone: bytes go bad on the disk, room gets scarce. */
const appFaults = ['rot', 'quota'] as const
const anyFaults = [
  'fill',
  'offline',
  'cancel',
  'power-cut',
  'clock',
  'expire-token',
  'revoke',
  'demote',
  'delete-artifact',
  'restore-elsewhere',
  'long-transaction',
  'forget-uploads',
  'sweep',
] as const
export const stateFaults: readonly StateFault[] = [...folderFaults, ...anyFaults]
export const appStateFaults: readonly StateFault[] = [
  ...anyFaults,
  ...appFaults,
  // Often, for most copies are never looked at again.
  'rot',
  'rot',
  'rot',
]
export type StateFault =
  | (typeof folderFaults)[number]
  | (typeof appFaults)[number]
  | (typeof anyFaults)[number]

export type Fault = { at: number; client: number; seed: number } & (
  | { type: 'port'; method: string; mode: PortMode }
  | { type: 'net'; request: RequestKind | null; what: NetFault }
  | { type: 'state'; what: StateFault; steps: number }
)

const common = ['disk.scan', 'disk.look', 'store.savePull', 'remote.pull', 'store.saveKnown']

type Kind = { methods: readonly string[]; states: readonly StateFault[] }
const folderKind: Kind = {
  // Often, for it takes bytes on their way.
  methods: [...portMethods, 'remote.fetch', 'remote.fetch', 'remote.fetch'],
  states: stateFaults,
}
const appKind: Kind = { methods: appMethods, states: appStateFaults }

/** One that befalls one of the computers with linked folders. */
export const randomFault = (random: Random, clients: number, horizon: number): Fault => {
  const at = random.below(horizon)
  return faultOf(random, folderKind, { at, client: random.below(clients), seed: random.seed() })
}
/** One that befalls the computer of that number, which has the application open. */
export const appFault = (random: Random, client: number, horizon: number): Fault =>
  faultOf(random, appKind, { at: random.below(horizon), client, seed: random.seed() })

const faultOf = (
  random: Random,
  { methods, states }: Kind,
  where: { at: number; client: number; seed: number },
): Fault => {
  const type = random.weighted({ port: 10, net: 14, state: 6 })
  if (type === 'port')
    return { ...where, type, method: random.pick(methods), mode: random.pick(portModes) }
  if (type === 'state') {
    const [what, steps] = [random.pick(states), 10 + random.below(150)]
    // To ask the server alone takes some fifty: a folder that is closed no longer is seldom looked at meanwhile.
    return { ...where, type, what, steps: what === 'unread' ? 4 * steps : steps }
  }
  const what = random.pick(netFaults)
  const request = bodyFaults.includes(what)
    ? what === 'flip' && where.seed % 3 === 0
      ? 'upload'
      : 'download'
    : random.chance(0.5)
      ? null
      : random.pick(requests)
  return { ...where, type, what, request }
}

/** What no run is without: trouble by its kind, and what of it there is. */
const dailyNet: Record<string, readonly NetFault[]> = {
  'a cut': ['refused', 'cut-up', 'cut-down'],
  reordering: ['late', 'twice-late'],
  'a duplicate': ['twice', 'twice-late'],
  'a 4xx': ['423', '429', 'rest-401', 'html-403'],
  'a 5xx': ['500', '544', '500-after'],
  'a page': ['html-502', 'html-200', 'html-403', 'html-502-after'],
  'a lost answer': ['lost', '500-after', 'html-502-after'],
}
const dailyStates: Record<string, readonly StateFault[]> = {
  'a full disk': ['fill'],
  'a busy file': ['hold'],
  'a jump of the clock': ['clock'],
  'an expired token': ['expire-token'],
}
/** By kind, the cells that say that it has struck. */
export const daily: Record<string, readonly string[]> = {
  ...Object.fromEntries(
    Object.entries(dailyNet).map(([kind, whats]) => [kind, whats.map((what) => `net ${what}`)]),
  ),
  ...Object.fromEntries(
    Object.entries(dailyStates).map(([kind, whats]) => [
      kind,
      whats.map((what) => `state ${what}`),
    ]),
  ),
  'a crash': portMethods.flatMap((method) => [`${method} crash-before`, `${method} crash-after`]),
}

/** One of each kind. */
export const everyKind = (random: Random, clients: number, horizon: number): Fault[] => {
  // Early enough to strike before the end.
  const where = () => ({
    at: random.below(Math.floor(horizon * 0.8)),
    client: random.below(clients),
    seed: random.seed(),
  })
  return [
    ...Object.values(dailyNet).map(
      (whats): Fault => ({ ...where(), type: 'net', request: null, what: random.pick(whats) }),
    ),
    ...Object.values(dailyStates).map(
      (whats): Fault => ({
        ...where(),
        type: 'state',
        what: random.pick(whats),
        steps: 10 + random.below(150),
      }),
    ),
    {
      ...where(),
      type: 'port',
      method: random.pick(common),
      mode: random.pick(['crash-before', 'crash-after'] as const),
    },
  ]
}

/** One that strikes soon, whatever an engine is doing. */
export const soonFault = (random: Random, clients: number): Fault => ({
  at: 0,
  client: random.below(clients),
  seed: random.seed(),
  ...(random.chance(0.5)
    ? { type: 'port', method: random.pick(common), mode: random.pick(portModes) }
    : {
        type: 'net',
        request: null,
        what: random.pick(['refused', '500', 'lost', 'html-502', '429', 'twice']),
      }),
})

const codes: Record<string, readonly FailureCode[]> = {
  'disk.stage': ['disk.full', 'disk.denied'],
  'disk.write': ['disk.full', 'disk.unreadable'],
  'disk.seal': ['disk.full', 'file.hash-mismatch'],
  'disk.place': ['file.busy', 'disk.full', 'disk.denied'],
  'disk.move': ['file.busy', 'disk.denied'],
  'disk.setAside': ['file.busy', 'disk.denied'],
  'disk.bringBack': ['file.busy', 'disk.denied'],
  'disk.discard': ['file.busy', 'disk.denied'],
  'disk.read': ['file.changed-while-reading', 'disk.unreadable'],
  'disk.scan': ['disk.unreadable', 'folder.missing'],
  'disk.look': ['disk.unreadable', 'folder.missing'],
  'store.load': ['disk.unreadable', 'disk.denied'],
  'files.open': ['disk.full', 'disk.denied'],
  'files.write': ['disk.full', 'disk.unreadable'],
  'files.sync': ['disk.full', 'disk.unreadable'],
  'remote.pull': ['server.not-found', 'server.denied', 'network.offline', 'auth.refused'],
  'remote.send': [
    'server.denied',
    'file.too-large',
    'server.unavailable',
    'sync.remote-object-damaged',
  ],
  'remote.fetch': [
    'sync.remote-object-missing',
    'sync.remote-object-missing',
    'server.denied',
    'network.timeout',
    'file.hash-mismatch',
  ],
  'remote.versions': ['server.unavailable', 'network.timeout'],
  'remote.commit': ['server.denied', 'server.conflict', 'network.timeout', 'server.refused-input'],
}

const failureOf = (method: string, seed: number): Failure => {
  const random = createRandom(seed)
  const code = random.pick(
    codes[method] ??
      (/^(store|cache)\./.test(method) ? (['disk.full'] as const) : (['disk.unreadable'] as const)),
  )
  return new Failure(code, `Something went wrong on purpose with ${method}.`)
}

/** What waits for one computer to do the thing that is to go wrong. */
export class FaultInjector {
  readonly #armed: Fault[] = []
  /** What has struck, by what and how. */
  readonly hits = new Map<string, number>()

  arm(fault: Fault): void {
    this.#armed.push(fault)
  }

  disarm(): void {
    this.#armed.length = 0
  }

  count(cell: string): void {
    this.hits.set(cell, (this.hits.get(cell) ?? 0) + 1)
  }

  /** `label`: the method, and after a blank what it is about. */
  strike(label: string): Strike | null {
    const [name = ''] = label.split(' ', 1)
    const [method, isAfter] = name.endsWith('-done') ? [name.slice(0, -5), true] : [name, false]
    const isRemote = method.startsWith('remote.')
    const index = this.#armed.findIndex(
      (fault) =>
        fault.type === 'port' &&
        fault.method === method &&
        (!isRemote || isAfter === (fault.mode === 'crash-after')),
    )
    const [fault] = index < 0 ? [] : this.#armed.splice(index, 1)
    if (fault?.type !== 'port') return null
    this.count(`${method} ${fault.mode}`)
    return fault.mode === 'error'
      ? { kind: 'error', error: failureOf(method, fault.seed) }
      : { kind: fault.mode }
  }

  net(request: RequestKind): { what: NetFault; random: Random } | null {
    const index = this.#armed.findIndex(
      (fault) => fault.type === 'net' && (fault.request === null || fault.request === request),
    )
    const [fault] = index < 0 ? [] : this.#armed.splice(index, 1)
    if (fault?.type !== 'net') return null
    this.count(`net ${fault.what}`)
    this.count(`net ${fault.what} of ${request}`)
    return { what: fault.what, random: createRandom(fault.seed) }
  }
}
