import fc from 'fast-check'
import { foldPath } from '../../src/domain/file-path.ts'
import { type LocalFile, type Operation, placeOf } from '../../src/sync/folder/operation.ts'
import { meetingAny } from '../../src/sync/folder/path-collisions.ts'
import type { Permissions } from '../../src/sync/folder/permissions.ts'
import { planFolder } from '../../src/sync/folder/plan.ts'
import type { BaseFile, RemoteFile } from '../../src/sync/folder/ports.ts'
import { createRandom, type Random } from './random.ts'

const names = [
  'a',
  'A',
  'b',
  'c',
  'd/a',
  'D/a',
  'd/b',
  'ä',
  'e.txt',
  'E.txt',
  'd',
  'a/a',
  'a/b',
  'b/x/y',
]
/** Few bytes, so that files that are the same are common; `` is the empty file. */
const contents = ['', 'p', 'q', 'r', 's', 't', 'u', 'v']

const fate = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'same' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'gone' as const }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('changed' as const),
      path: fc.option(fc.nat({ max: names.length - 1 })),
      content: fc.option(fc.nat({ max: contents.length - 1 })),
      /** An editor puts a new file in the place of the old one; only the folder can tell. */
      replaced: fc.boolean(),
    }),
  },
)
const node = fc.record({
  path: fc.nat({ max: names.length - 1 }),
  content: fc.nat({ max: contents.length - 1 }),
  local: fate,
  remote: fate,
})
const stranger = fc.record({
  path: fc.nat({ max: names.length - 1 }),
  content: fc.nat({ max: contents.length - 1 }),
  /** Its inode was another file's before. */
  reused: fc.option(fc.nat({ max: 5 })),
})
/** Two trees that were one once, each changed since. */
export const triple = fc.record({
  known: fc.array(node, { maxLength: 7 }),
  local: fc.array(stranger, { maxLength: 3 }),
  remote: fc.array(stranger, { maxLength: 3 }),
  unknown: fc.option(fc.nat({ max: names.length - 1 })),
  order: fc.nat(),
})
export type Triple = typeof triple extends fc.Arbitrary<infer T> ? T : never

type Tree = {
  local: Map<string, LocalFile>
  base: Map<string, BaseFile>
  remote: Map<string, RemoteFile>
  /** Whether the disk tells of modes. */
  isTold: boolean
}

const grow = (input: Triple): Tree => {
  // By numbers of their own. Some disks say nothing, and of some files nobody knows how they were.
  const random = createRandom(input.order ^ 0xb17)
  const isTold = random.chance(0.8)
  const tree: Tree = { local: new Map(), base: new Map(), remote: new Map(), isTold }
  const bits = (isExecutable = random.chance(0.5)): Permissions => ({
    isExecutable,
    isOwnerOnly: false,
  })
  const turned = (before: Permissions): Permissions =>
    random.chance(0.25) ? bits(!before.isExecutable) : before
  const localFolds: string[] = []
  const remoteFolds = new Set<string>()
  const putLocal = (path: string, sha256: string, identity: string, bit = bits()): void => {
    if (meetingAny(localFolds)(path)) return
    localFolds.push(path)
    const told = isTold ? { permissions: bit } : {}
    tree.local.set(path, { path, sha256, size: sha256.length, identity, ...told })
  }
  const putRemote = (
    fileId: string,
    path: string,
    sha256: string,
    revision: number,
    permissions = bits(),
  ): void => {
    if (remoteFolds.has(foldPath(path))) return
    remoteFolds.add(foldPath(path))
    const size = sha256.length
    tree.remote.set(fileId, { fileId, path, sha256, size, revision, permissions })
  }
  input.known.forEach((each, index) => {
    const path = names[each.path] as string
    const sha256 = contents[each.content] as string
    const [fileId, identity] = [`f${index}`, `i${index}`]
    const bit = bits()
    const [here, there] = [turned(bit), turned(bit)]
    const permissions = random.chance(0.9) ? bit : undefined
    const size = sha256.length
    tree.base.set(fileId, { fileId, path, sha256, size, revision: 1, identity, permissions })
    const { local, remote } = each
    if (local.kind === 'same') putLocal(path, sha256, identity, here)
    else if (local.kind === 'changed')
      putLocal(
        local.path === null ? path : (names[local.path] as string),
        local.content === null ? sha256 : (contents[local.content] as string),
        local.replaced ? `n${index}` : identity,
        here,
      )
    // Of the bit alone there is a revision, too.
    if (remote.kind === 'same') putRemote(fileId, path, sha256, there === bit ? 1 : 2, there)
    else if (remote.kind === 'changed')
      putRemote(
        fileId,
        remote.path === null ? path : (names[remote.path] as string),
        remote.content === null ? sha256 : (contents[remote.content] as string),
        2,
        there,
      )
  })
  const identities = new Set([...tree.local.values()].map(({ identity }) => identity))
  input.local.forEach((each, index) => {
    const reused = each.reused === null ? '' : `i${each.reused}`
    const identity = reused && !identities.has(reused) ? reused : `s${index}`
    identities.add(identity)
    putLocal(names[each.path] as string, contents[each.content] as string, identity)
  })
  input.remote.forEach((each, index) => {
    putRemote(`r${index}`, names[each.path] as string, contents[each.content] as string, 1)
  })
  return tree
}

/** The order in which the engine does things, each kind in any order: what it finds changed it leaves. */
const phases: Operation['kind'][][] = [
  ['forget', 'adopt'],
  ['step-aside'],
  ['move'],
  ['set-executable'],
  ['put', 'remove', 'download'],
  ['discard'],
]

const play = (tree: Tree, operations: readonly Operation[], random: Random, ids: () => string) => {
  const { local, base, remote } = tree
  /** By another file, by a folder, or because a file is where its folder would be. */
  const isTaken = (path: string, but: LocalFile | null): boolean =>
    meetingAny([...local.keys()].filter((each) => each !== but?.path))(path) ||
    (but !== null && foldPath(but.path) !== foldPath(path) && meetingAny([but.path])(path))
  const isTold = (): boolean => tree.isTold
  const still = (file: LocalFile): boolean => {
    const here = local.get(file.path)
    const isAs =
      here?.permissions?.isExecutable === file.permissions?.isExecutable &&
      here?.sha256 === file.sha256
    return here?.identity === file.identity && isAs
  }
  const commit = (changes: Extract<Operation, { kind: 'put' | 'remove' }>[]): void => {
    const leaving = new Set(
      changes.flatMap((each) => {
        const there = each.fileId === null ? undefined : remote.get(each.fileId)
        return there &&
          (each.kind === 'remove' || foldPath(each.local.path) !== foldPath(there.path))
          ? [there.fileId]
          : []
      }),
    )
    const refused = changes.filter((each) => {
      const there = each.fileId === null ? undefined : remote.get(each.fileId)
      if (each.kind === 'remove') return there !== undefined && there.revision !== each.expected
      return (
        (there?.revision ?? 0) !== (each.expected ?? 0) ||
        [...remote.values()].some(
          (other) =>
            other.fileId !== each.fileId &&
            !leaving.has(other.fileId) &&
            foldPath(other.path) === foldPath(each.local.path),
        )
      )
    })
    if (refused.length > 0) {
      const rest = changes.filter((each) => !refused.includes(each))
      if (rest.length > 0) commit(rest)
      return
    }
    for (const each of changes)
      if (each.kind === 'remove') {
        remote.delete(each.fileId)
        base.delete(each.fileId)
      }
    for (const each of changes) {
      if (each.kind === 'remove') continue
      const { path, sha256, size, identity } = each.local
      const fileId = each.fileId ?? ids()
      const there = remote.get(fileId)
      const plain = { isExecutable: false, isOwnerOnly: false }
      const permissions = each.local.permissions ?? there?.permissions ?? plain
      const isOne = there?.permissions?.isExecutable === permissions.isExecutable
      if (there?.path === path && there.sha256 === sha256 && isOne)
        throw new Error(`sent as it was: ${path}`)
      const revision = (there?.revision ?? 0) + 1
      const file = { fileId, path, sha256, size, revision, permissions }
      remote.set(fileId, file)
      base.set(fileId, { ...file, identity })
    }
  }
  const rename = (file: LocalFile, to: string): void => {
    local.delete(file.path)
    local.set(to, { ...file, path: to })
  }
  const one = (operation: Operation): void => {
    switch (operation.kind) {
      case 'forget':
        return void base.delete(operation.fileId)
      case 'adopt':
        return void base.set(operation.remote.fileId, {
          ...operation.remote,
          identity: operation.local.identity,
          permissions:
            (operation.local.permissions ?? operation.remote.permissions)?.isExecutable ===
            operation.remote.permissions?.isExecutable
              ? operation.remote.permissions
              : undefined,
        })
      case 'step-aside':
        if (!still(operation.local) || isTaken(operation.to, operation.local)) return
        rename(operation.local, operation.to)
        if (operation.fileId !== null) base.delete(operation.fileId)
        return
      case 'download': {
        const { remote: file, over } = operation
        const path = placeOf(operation)
        if (over ? !still(over) : isTaken(path, null)) return
        const identity = ids()
        const bit = operation.keeps?.isExecutable ?? file.permissions?.isExecutable ?? false
        const told = isTold() ? { permissions: { isExecutable: bit, isOwnerOnly: false } } : {}
        local.set(path, { path, sha256: file.sha256, size: file.size, identity, ...told })
        base.set(file.fileId, { ...file, identity })
        return
      }
      case 'set-executable': {
        const { local: file, isExecutable, base: known } = operation
        if (!still(file)) return
        local.set(file.path, { ...file, permissions: { isExecutable, isOwnerOnly: false } })
        base.set(known.fileId, { ...known, identity: file.identity })
        return
      }
      case 'discard':
        if (!still(operation.local)) return
        local.delete(operation.local.path)
        if (operation.base) base.delete(operation.base.fileId)
    }
  }
  for (const phase of phases) {
    const now = random.shuffle(operations.filter(({ kind }) => phase.includes(kind)))
    if (phase[0] === 'move') {
      let waiting = now
        .filter((each) => each.kind === 'move')
        .filter(({ local: file }) => still(file))
      const moved = ({ local: file, base: known }: (typeof waiting)[number]): void => {
        if (known) base.set(known.fileId, { ...known, identity: file.identity })
      }
      for (let free = waiting; free.length > 0; ) {
        free = waiting.filter((each) => !isTaken(each.to, each.local))
        const next = free[0]
        if (!next) break
        rename(next.local, next.to)
        moved(next)
        waiting = waiting.filter((each) => each !== next)
      }
      // A circle: all of them at once.
      for (const each of waiting) local.delete(each.local.path)
      for (const each of waiting)
        if (isTaken(each.to, null)) {
          // Its own name may be another's by now: it comes back under a third, as after a crash.
          const { path } = each.local
          const back = isTaken(path, null) ? `${path} (${ids()})` : path
          local.set(back, { ...each.local, path: back })
        } else {
          local.set(each.to, { ...each.local, path: each.to })
          moved(each)
        }
    } else if (phase[0] === 'put') {
      const moves = now.filter(
        (each) =>
          each.kind === 'put' &&
          each.fileId !== null &&
          remote.get(each.fileId)?.path !== each.local.path,
      )
      const wanted = new Set(
        moves.map((each) => (each.kind === 'put' ? foldPath(each.local.path) : '')),
      )
      const first = [
        ...moves,
        ...now.filter(
          (each) =>
            each.kind === 'remove' && wanted.has(foldPath(remote.get(each.fileId)?.path ?? '')),
        ),
      ]
      const rest = now.filter((each) => !first.includes(each))
      const send = (each: Operation): void => {
        if (each.kind === 'put' || each.kind === 'remove') commit([each])
      }
      const steps = [
        () => commit(first.filter((each) => each.kind === 'put' || each.kind === 'remove')),
        ...rest.filter(({ kind }) => kind === 'put').map((each) => () => send(each)),
        ...rest.filter(({ kind }) => kind === 'remove').map((each) => () => send(each)),
      ]
      // Receiving goes on meanwhile.
      for (const each of now.filter(({ kind }) => kind === 'download'))
        steps.splice(random.below(steps.length + 1), 0, () => one(each))
      for (const step of steps) step()
    } else for (const each of now) one(each)
  }
}

const bitOf = (permissions: Permissions | undefined): string =>
  permissions ? (permissions.isExecutable ? ' x' : ' -') : ''
const show = (tree: Tree): string =>
  JSON.stringify({
    local: [...tree.local.values()].map(
      ({ path, sha256, identity, permissions }) =>
        `${path}=${sha256}${bitOf(permissions)} ${identity}`,
    ),
    base: [...tree.base.values()].map(
      ({ fileId, path, sha256, revision, permissions }) =>
        `${fileId} ${path}=${sha256}${bitOf(permissions)} @${revision}`,
    ),
    remote: [...tree.remote.values()].map(
      ({ fileId, path, sha256, revision, permissions }) =>
        `${fileId} ${path}=${sha256}${bitOf(permissions)} @${revision}`,
    ),
  })

const limit = 200

/** Plans and does until nothing is left. Answers how many rounds that took. @throws what a plan must not do */
export const settle = (input: Triple, plan: typeof planFolder = planFolder): number => {
  const tree = grow(input)
  const random = createRandom(input.order)
  let made = 0
  const ids = (): string => {
    made += 1
    return `x${made}`
  }
  const before = new Set([...tree.base.values()].map(({ sha256 }) => sha256))
  const oneSided = [...tree.local.values(), ...tree.remote.values()]
    .map(({ sha256 }) => sha256)
    .filter((sha256) => !before.has(sha256))
  const history = [show(tree)]
  const fail = (why: string): never => {
    throw new Error([why, ...history].join('\n'))
  }
  const isFolder = (path: string): boolean =>
    [...tree.remote.values()].some((file) => file.path.startsWith(`${path}/`))
  let unknown = input.unknown === null ? null : foldPath(names[input.unknown] as string)
  for (let round = 1; round <= limit; round += 1) {
    const hidden = unknown
    const isHidden = (path: string): boolean => hidden !== null && foldPath(path) === hidden
    const identities = new Set(
      [...tree.local.values()].filter(({ path }) => isHidden(path)).map(({ identity }) => identity),
    )
    const { operations, deletions } = plan(
      {
        local: [...tree.local.values()].filter(({ path }) => !isHidden(path)),
        base: [...tree.base.values()],
        remote: [...tree.remote.values()],
        isUnknown: ({ path, identity }) => isHidden(path) || identities.has(identity),
        isClosed: (path) => hidden !== null && meetingAny([hidden])(path),
      },
      { deviceName: 'desk', now: new Date(2026, 0, 31, 14, 3, 22) },
    )
    const all = [...operations, ...deletions]
    if (all.length === 0 && unknown === null) {
      if ([...tree.remote.values()].some(({ path }) => isFolder(path)))
        fail('no disk can hold this')
      const brief = ({ path, sha256, permissions }: LocalFile | RemoteFile): string =>
        `${path}=${sha256}${tree.isTold && permissions?.isExecutable ? ' x' : ''}`
      const one = [...tree.local.values()].map(brief).sort()
      const other = [...tree.remote.values()].map(brief).sort()
      if (one.join() !== other.join()) fail('the trees are not the same at the end')
      for (const sha256 of oneSided)
        if (![...tree.remote.values()].some((file) => file.sha256 === sha256))
          fail(`what one side alone had is lost: ${sha256}`)
      return round
    }
    const mine = [...tree.local.values()].filter(({ path }) => isHidden(path))
    history.push(JSON.stringify(all.map(brief)))
    play(tree, all, random, ids)
    history.push(show(tree))
    for (const file of mine)
      if (tree.local.get(file.path)?.sha256 !== file.sha256)
        fail(`touched what is unknown: ${file.path}`)
    // What was being written is written now.
    if (round >= 3 || all.length === 0) unknown = null
  }
  return fail(`not done after ${limit} rounds`)
}

const brief = (operation: Operation): string => {
  const about = (file: { path: string; sha256: string }): string => `${file.path}=${file.sha256}`
  switch (operation.kind) {
    case 'put':
      return `put ${about(operation.local)} ${operation.fileId} @${operation.expected}`
    case 'remove':
      return `remove ${operation.fileId} @${operation.expected}`
    case 'forget':
      return `forget ${operation.fileId}`
    case 'adopt':
      return `adopt ${about(operation.local)} ${operation.remote.fileId}`
    case 'download':
      return `download ${operation.remote.fileId} ${about(operation.remote)} over ${operation.over?.path}`
    case 'move':
    case 'step-aside':
      return `${operation.kind} ${about(operation.local)} to ${operation.to}`
    case 'set-executable':
      return `set-executable ${about(operation.local)} ${operation.isExecutable}`
    case 'discard':
      return `discard ${about(operation.local)} ${operation.base?.fileId}`
  }
}
