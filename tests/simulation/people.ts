import { foldPath } from '../../src/domain/file-path.ts'
import { foldersAbove } from '../../src/sync/folder/path-collisions.ts'
import type { SimulatedDisk } from './disk.ts'
import type { Found } from './file-system.ts'
import type { Oracle } from './oracle.ts'
import { createRandom, type Random } from './random.ts'
import type { World } from './world.ts'

/** Somebody at their computer, with any program but ours. */
export type Person = { name: string; disk: SimulatedDisk; noticed(path: string): void }
type Hand = { world: World; oracle: Oracle; person: Person; random: Random; newBytes: Pen }
/** Makes bytes that were never there before; `size` makes it likely that two edits are of one size. */
export type Pen = (random: Random, size?: number) => Uint8Array

const paths = [
  'notes.md',
  'plan.md',
  'README',
  'readme',
  'src/app.ts',
  'src/App.ts',
  'src/lib/util.ts',
  'docs/a.txt',
  'docs/b.txt',
  'Docs/b.txt',
  'docs/deep/er/c.txt',
  'Ärger.txt',
  'ärger.txt',
  '日本.md',
  'smile 😀.txt',
  'no extension',
  '.hidden',
  // Files where others have folders, and the other way round.
  'docs',
  'README/in.txt',
  'plan.md/part/1.txt',
]
const odd = [
  'bad:name.txt',
  'back\\slash',
  'new\nline',
  'Ärger.txt'.normalize('NFD'),
  'trailing.',
  'con.txt',
]
/** What is never to leave the computer it is on; the last two by a rule of their own folder. */
const leftOut = [
  ...['.git/HEAD', '.git/refs/heads/main', 'docs/.git/index', 'node_modules/x.js', '.DS_Store'],
  ...['out/a.bin', 'out/deep/b.bin'],
]
const isLeftOut = (path: string): boolean =>
  /(^|\/)(\.git|node_modules|out)\/|(^|\/)\.DS_Store$/.test(path)
const folders = ['src', 'docs', 'archive', 'docs/deep', 'neu ü']

export const createPen = (): Pen => {
  let count = 0
  return (random, size = random.pick([7, 7, 30, 60, 150, 260])) => {
    count += 1
    return Buffer.from(`#${count} `.padEnd(size, String.fromCharCode(97 + (count % 26))))
  }
}

const filesOf = ({ person }: Hand): Found[] =>
  person.disk.files.walk().filter(({ path, node }) => node.kind === 'file' && !isLeftOut(path))
const othersThan = (hand: Hand, path: string): Uint8Array[] => {
  const but = hand.person.disk.files.file(path)
  return filesOf(hand).flatMap(({ node }) => (node === but ? [] : [node.bytes]))
}

/**
 * A file and a folder whose names differ in case or in Unicode's form alone: of two such names a path here means one,
 * where real disks are asked by the name that they told.
 */
const isOneOfTwo = ({ person }: Hand, to: string): boolean => {
  const { files } = person.disk
  const isExact = files.flavor.name === 'ext4'
  const fold = foldPath(to)
  return files.walk().some(({ path }) => {
    const other = foldPath(path)
    const isBelow = other.startsWith(`${fold}/`)
    if (!isBelow && !fold.startsWith(`${other}/`)) return false
    return !isExact || [path, to].some((each) => each !== each.normalize('NFC'))
  })
}
/** A person gives up what is at a path, if something is. */
const giveUp = (hand: Hand, path: string): void => {
  const there = hand.person.disk.files.file(path)
  if (there) hand.oracle.gaveUp(hand.person.name, path, there.bytes, othersThan(hand, path))
}
const write = (hand: Hand, path: string, bytes: Uint8Array, kept = true): void => {
  const { person, oracle, world } = hand
  if (person.disk.files.find(path)?.kind === 'folder' || isOneOfTwo(hand, path)) return
  giveUp(hand, path)
  try {
    person.disk.files.write(path, bytes)
  } catch {
    return
  }
  oracle.saved(person.name, bytes, kept)
  person.noticed(path)
  world.note(`${person.name} writes ${path} ${bytes.length}`)
}
const remove = (hand: Hand, path: string): void => {
  giveUp(hand, path)
  hand.person.disk.files.remove(path)
  hand.person.noticed(path)
  hand.world.note(`${hand.person.name} removes ${path}`)
}
const rename = (hand: Hand, from: string, to: string): void => {
  const { person, oracle, world } = hand
  const { files } = person.disk
  const node = files.file(from)
  const there = files.find(to)
  if (!node || there?.kind === 'folder') return
  // It itself is in no way of its own.
  if (!to.startsWith(`${from}/`) && isOneOfTwo(hand, to)) return
  // A twin in another Unicode form goes too, as the disk has it.
  const normal = to.normalize('NFC')
  const twin = files
    .walk()
    .find((each) => each.node !== node && each.path.normalize('NFC') === normal)
  if (twin) giveUp(hand, twin.path)
  else if (there && there !== node) giveUp(hand, to)
  try {
    files.rename(from, to)
  } catch {
    return
  }
  // Whatever bit it has, its person has put it there.
  node.isOwnBit = true
  oracle.moved(person.name, from, to, node.bytes)
  person.noticed(from)
  person.noticed(to)
  world.note(`${person.name} renames ${from} to ${to}`)
}
/** Saves as editors do: whole beside it, then over it. */
const saveOver = (hand: Hand, path: string, bytes: Uint8Array): void => {
  const { person, oracle, world } = hand
  const { files } = person.disk
  if (files.find(path)?.kind === 'folder') return
  giveUp(hand, path)
  const before = files.file(path)
  const node = files.make(bytes)
  // As editors do, whoever gave it the bit.
  if (before) Object.assign(node, { isExecutable: before.isExecutable, isOwnBit: before.isOwnBit })
  files.link(path, node)
  oracle.saved(person.name, bytes)
  person.noticed(path)
  world.note(`${person.name} saves over ${path} ${bytes.length}`)
}

const filesIn = (hand: Hand, folder: string): string[] =>
  filesOf(hand).flatMap(({ path }) => (path.startsWith(`${folder}/`) ? [path] : []))
const isFree = ({ person }: Hand, path: string): boolean => person.disk.files.find(path) === null

export type Deed = (hand: Hand) => void
export const deeds = {
  create: (hand) => {
    const path = hand.random.pick(paths)
    if (isFree(hand, path)) write(hand, path, hand.newBytes(hand.random))
  },
  createEmpty: (hand) => {
    const path = hand.random.pick(paths)
    if (isFree(hand, path)) write(hand, path, new Uint8Array(0))
  },
  createOdd: (hand) => {
    const path = hand.random.pick(odd)
    if (isFree(hand, path)) write(hand, path, hand.newBytes(hand.random))
  },
  edit: (hand) => on(hand, ({ path }) => write(hand, path, hand.newBytes(hand.random))),
  /** The same size, so that a coarse clock cannot tell. */
  editLittle: (hand) =>
    on(hand, ({ path, node }) =>
      write(hand, path, hand.newBytes(hand.random, Math.max(7, node.bytes.length))),
    ),
  editTwice: (hand) =>
    on(hand, ({ path, node }) => {
      const size = Math.max(7, node.bytes.length)
      write(hand, path, hand.newBytes(hand.random, size))
      hand.world.at(hand.world.step + 1 + hand.random.below(40), () => {
        if (hand.person.disk.files.file(path)) write(hand, path, hand.newBytes(hand.random, size))
      })
    }),
  /** Emptied first, then written piece by piece. */
  saveSlowly: (hand) =>
    on(hand, ({ path }) => {
      const bytes = hand.newBytes(hand.random, 150)
      const again = (to: number): void => {
        write(hand, path, bytes.slice(0, to), to === bytes.length)
        if (to < bytes.length)
          hand.world.at(hand.world.step + 1 + hand.random.below(8), () => {
            if (hand.person.disk.files.file(path)) again(to + 50)
          })
      }
      again(0)
    }),
  saveOver: (hand) => on(hand, ({ path }) => saveOver(hand, path, hand.newBytes(hand.random))),
  /** A file beside it, for a while, that then takes its name. */
  saveBeside: (hand) =>
    on(hand, ({ path }) => {
      const beside = `${path}.new`
      write(hand, beside, hand.newBytes(hand.random))
      hand.world.at(hand.world.step + hand.random.below(30), () => {
        if (hand.person.disk.files.file(beside)) rename(hand, beside, path)
      })
    }),
  remove: (hand) => on(hand, ({ path }) => remove(hand, path)),
  removeFolder: (hand) => {
    const folder = hand.random.pick(folders)
    for (const { path } of filesOf(hand)) if (path.startsWith(`${folder}/`)) remove(hand, path)
  },
  removeAll: (hand) => {
    for (const { path } of filesOf(hand)) if (hand.random.chance(0.8)) remove(hand, path)
  },
  rename: (hand) =>
    on(hand, ({ path }) => {
      const to = hand.random.pick(paths)
      if (isFree(hand, to)) rename(hand, path, to)
    }),
  renameOver: (hand) =>
    on(hand, ({ path }) => {
      const other = hand.random.pick(filesOf(hand)).path
      if (other !== path) rename(hand, path, other)
    }),
  renameAndEdit: (hand) =>
    on(hand, ({ path }) => {
      const to = hand.random.pick(paths)
      if (!isFree(hand, to)) return
      rename(hand, path, to)
      if (hand.person.disk.files.file(to)) write(hand, to, hand.newBytes(hand.random))
    }),
  moveToFolder: (hand) =>
    on(hand, ({ path }) => {
      const to = `${hand.random.pick(folders)}/${path.split('/').at(-1)}`
      if (isFree(hand, to)) rename(hand, path, to)
    }),
  changeCase: (hand) =>
    on(hand, ({ path }) => {
      const turn = (text: string): string =>
        text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()
      const to = hand.random.chance(0.3) ? turn(path) : path.replace(/[^/]+$/, (name) => turn(name))
      if (to !== path) rename(hand, path, to)
    }),
  swap: (hand) =>
    on(hand, ({ path }) => {
      const other = hand.random.pick(filesOf(hand)).path
      if (other === path) return
      rename(hand, path, `${path}.swap`)
      rename(hand, other, path)
      rename(hand, `${path}.swap`, other)
    }),
  rotate: (hand) => {
    const [a, b, c] = hand.random.shuffle(filesOf(hand)).map(({ path }) => path)
    if (!a || !b || !c) return
    rename(hand, a, `${a}.turn`)
    rename(hand, b, a)
    rename(hand, c, b)
    rename(hand, `${a}.turn`, c)
  },
  renameFolder: (hand) => {
    const [from, to] = hand.random.shuffle(folders)
    for (const { path } of filesOf(hand))
      if (path.startsWith(`${from}/`) && !to?.startsWith(`${from}/`))
        rename(hand, path, `${to}/${path.slice((from?.length ?? 0) + 1)}`)
  },
  /** A file becomes a folder and lies in it. */
  intoItself: (hand) =>
    on(hand, ({ path }) => {
      const name = hand.random.pick([path.split('/').at(-1), 'part 1', 'deep/er/part 1'])
      rename(hand, path, `${path}.turn`)
      rename(hand, `${path}.turn`, `${path}/${name}`)
    }),
  /** A folder becomes one of its files; what else was in it lies beside it then. */
  outOfItself: (hand) => {
    const nested = filesOf(hand).filter(({ path }) => path.includes('/'))
    if (nested.length === 0) return
    const { path } = hand.random.pick(nested)
    const folder = path.slice(
      0,
      hand.random.chance(0.5) ? path.indexOf('/') : path.lastIndexOf('/'),
    )
    rename(hand, path, `${folder}.turn`)
    for (const each of filesIn(hand, folder))
      rename(hand, each, `${folder} rest${each.slice(folder.length)}`)
    rename(hand, `${folder}.turn`, folder)
  },
  swapFileAndFolder: (hand) => {
    const there = filesOf(hand).map(({ path }) => path)
    const nested = there.filter((path) => path.includes('/'))
    if (nested.length === 0) return
    const folder = hand.random.pick(nested).replace(/\/[^/]*$/, '')
    const file = hand.random.pick(there)
    if (file.startsWith(`${folder}/`)) return
    rename(hand, file, `${file}.turn`)
    for (const each of filesIn(hand, folder))
      rename(hand, each, `${file}${each.slice(folder.length)}`)
    rename(hand, `${file}.turn`, folder)
  },
  /** Gone, and in its place a folder of others; or the other way round. */
  anewAsFolder: (hand) =>
    on(hand, ({ path }) => {
      remove(hand, path)
      write(hand, `${path}/other`, hand.newBytes(hand.random))
    }),
  anewAsFile: (hand) => {
    const nested = filesOf(hand).filter(({ path }) => path.includes('/'))
    if (nested.length === 0) return
    const { path } = hand.random.pick(nested)
    const folder = path.slice(0, path.indexOf('/'))
    for (const each of filesIn(hand, folder)) remove(hand, each)
    write(hand, folder, hand.newBytes(hand.random))
  },
  /** To a name that no server takes: it is here all the same. */
  renameOddly: (hand) =>
    on(hand, ({ path }) => rename(hand, path, `${path}${hand.random.pick([': 10', '\r', '\\'])}`)),
  renameFolderOddly: (hand) => {
    const folder = hand.random.pick(folders)
    for (const path of filesIn(hand, folder))
      rename(hand, path, `${folder}: away${path.slice(folder.length)}`)
  },
  /** To another disk, with a link left behind: whoever uses it sees all of it as before. */
  moveAway: (hand) => {
    const { world, oracle, person, random } = hand
    const folder = random.pick(folders)
    const there = filesOf(hand).filter(({ path }) => path.startsWith(`${folder}/`))
    if (there.length === 0) return
    for (const { path, node } of there) {
      oracle.tookAway(node.bytes, othersThan(hand, path))
      person.disk.files.remove(path)
      person.noticed(path)
    }
    // Another spelling of the folder may be there still.
    if (!isFree(hand, folder)) return
    person.disk.files.link(folder, person.disk.files.make(Buffer.from('/elsewhere'), 'link'))
    person.disk.away.set(folder, there)
    person.noticed(folder)
    world.note(`${person.name} moves ${folder} away`)
  },
  copy: (hand) =>
    on(hand, ({ path, node }) => {
      const to = path.replace(/(\.[^./]*)?$/, (extension) => ` copy${extension}`)
      if (isFree(hand, to)) write(hand, to, Uint8Array.from(node.bytes))
    }),
  /** Many files at once, some as they were before, as when a branch is changed. */
  checkout: (hand) => {
    const there = filesOf(hand)
    for (const { path, node } of there) {
      const what = hand.random.next()
      if (what < 0.25) saveOver(hand, path, hand.newBytes(hand.random))
      else if (what < 0.4) remove(hand, path)
      else if (what < 0.5) saveOver(hand, path, Uint8Array.from(hand.random.pick(there).node.bytes))
      else if (what < 0.55) saveOver(hand, path, Uint8Array.from(node.bytes))
    }
    for (const path of hand.random.shuffle(paths).slice(0, 3))
      if (isFree(hand, path)) write(hand, path, hand.newBytes(hand.random))
  },
  twin: (hand) =>
    on(hand, ({ path }) => {
      const to = path === path.toLowerCase() ? path.toUpperCase() : path.toLowerCase()
      if (isFree(hand, to)) write(hand, to, hand.newBytes(hand.random))
    }),
  /** Version control, tools and builds write what is theirs. Nobody is told of its bytes: whoever sends them is noticed. */
  leaveOut: ({ person, random, newBytes }) => {
    const { files, leftOut: own } = person.disk
    const keep = (path: string, bytes: Uint8Array): void => {
      try {
        files.write(path, bytes)
      } catch {
        // A file stands where a folder is to be.
        return
      }
      own.set(path, bytes)
      person.noticed(path)
    }
    const path = random.pick(leftOut)
    if (path.startsWith('out/') && !own.has('out/.gitignore'))
      keep('out/.gitignore', Buffer.from('*\n'))
    if (!path.startsWith('out/') || own.has('out/.gitignore')) keep(path, newBytes(random))
  },
  link: (hand) => {
    const { files } = hand.person.disk
    const path = `link ${hand.random.below(3)}`
    if (!isFree(hand, path)) return
    files.link(path, files.make(Buffer.from('/etc/passwd'), 'link'))
    hand.person.noticed(path)
  },
} satisfies Record<string, Deed>
export type DeedName = keyof typeof deeds

export const deedWeights: Record<DeedName, number> = {
  create: 12,
  createEmpty: 1,
  createOdd: 2,
  edit: 14,
  editLittle: 8,
  editTwice: 6,
  saveSlowly: 3,
  saveOver: 7,
  saveBeside: 4,
  remove: 7,
  removeFolder: 2,
  removeAll: 1,
  rename: 6,
  renameOver: 3,
  renameAndEdit: 4,
  moveToFolder: 4,
  changeCase: 4,
  swap: 5,
  rotate: 3,
  renameFolder: 3,
  intoItself: 4,
  outOfItself: 3,
  swapFileAndFolder: 2,
  anewAsFolder: 3,
  anewAsFile: 2,
  renameOddly: 4,
  renameFolderOddly: 2,
  moveAway: 2,
  copy: 4,
  checkout: 2,
  twin: 2,
  link: 1,
  leaveOut: 4,
}

/** Does something with one of the files that are there, if any are. */
const on = (hand: Hand, work: (file: Found) => void): void => {
  const there = filesOf(hand)
  if (there.length > 0) work(hand.random.pick(there))
}

export const act = (
  name: DeedName,
  seed: number,
  world: World,
  oracle: Oracle,
  person: Person,
  newBytes: Pen,
): void => {
  if (!person.disk.isMounted) return
  world.note(`${person.name} ${name}`)
  deeds[name]({ world, oracle, person, random: createRandom(seed), newBytes })
}

/** What a person does with a file that is no byte of it: makes it executable, or takes that away, or touches it. */
export const handle = (seed: number, world: World, person: Person, isTouch: boolean): void => {
  const { disk, name } = person
  const random = createRandom(seed)
  const there = disk.files
    .walk()
    .filter(({ path, node }) => node.kind === 'file' && !isLeftOut(path))
  if (!disk.isMounted || there.length === 0) return
  const { path, node } = random.pick(there)
  world.note(`${name} ${isTouch ? 'touches' : 'marks'} ${path}`)
  if (isTouch) disk.files.touch(node)
  else if (!disk.files.flavor.hasModes) return
  else disk.files.mark(node, !node.isExecutable, true)
  person.noticed(path)
}

/** Theirs alone, in a folder where a file is to be: the application says so, and waits for them. */
export const makeRoom = (oracle: Oracle, person: Person): boolean => {
  const inTheWay = [...person.disk.leftOut.keys()].filter((path) =>
    [...foldersAbove(path)].some((folder) => oracle.isAtServer(folder)),
  )
  for (const path of inTheWay) {
    person.disk.files.remove(path)
    person.disk.leftOut.delete(path)
    person.noticed(path)
  }
  return inTheWay.length > 0
}

/**
 * What a person does in the end about names that cannot be kept the same everywhere: they choose others. And about what
 * is elsewhere: it is to be there, and not here.
 */
export const tidy = (world: World, oracle: Oracle, person: Person, newBytes: Pen): void => {
  const hand: Hand = { world, oracle, person, random: createRandom(1), newBytes }
  for (const [folder, files] of person.disk.away) {
    person.disk.files.remove(folder)
    person.noticed(folder)
    for (const { path, node } of files)
      oracle.gaveUp(person.name, path, node.bytes, othersThan(hand, path))
  }
  person.disk.away.clear()
  makeRoom(oracle, person)
  const taken = new Set(person.disk.files.walk().map(({ path }) => foldPath(path)))
  const left = new Set(odd.map((path) => path.normalize('NFC')))
  for (const { path } of person.disk.view().astray.filter((each) => !left.has(each.path))) {
    const found = person.disk.files.walk().find((each) => each.path.normalize('NFC') === path)
    const to = `${path.replaceAll(/[:\\\r/]/g, ' ')} (back)`
    if (!found || taken.has(foldPath(to))) continue
    taken.add(foldPath(to))
    rename(hand, found.path, to)
  }
  for (const { path, code } of person.disk.view().refused) {
    if (code !== 'file.name-collision') continue
    const found = person.disk.files.walk().find((each) => each.path.normalize('NFC') === path)
    if (found?.node.kind !== 'file') continue
    for (let count = 1; ; count += 1) {
      const to = `${found.path} (mine ${count})`
      if (taken.has(foldPath(to))) continue
      taken.add(foldPath(to))
      rename(hand, found.path, to)
      break
    }
  }
}
