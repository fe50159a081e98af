import { createHash } from 'node:crypto'
import type { Random } from './random.ts'

/** What tells one file system from another, as far as it matters to whoever keeps two of them the same. */
export type Flavor = {
  name: string
  /** What two names of one folder must not have in common. */
  keyOf: (name: string) => string
  /** How a name is kept. */
  spell: (name: string) => string
  /** Nanoseconds that its clock tells apart. */
  granularity: bigint
  /** Whether it knows when a file was made and when anything of it changed. */
  hasBirth: boolean
  hasChange: boolean
  /** Whether it keeps the executable bit of a file. */
  hasModes: boolean
}
const same = (name: string): string => name
const folded = (name: string): string => name.normalize('NFC').toLowerCase()

export const flavors: readonly Flavor[] = [
  {
    name: 'ext4',
    keyOf: same,
    spell: same,
    granularity: 4_000_000n,
    hasBirth: true,
    hasChange: true,
    hasModes: true,
  },
  {
    name: 'apfs',
    keyOf: folded,
    spell: same,
    granularity: 1n,
    hasBirth: true,
    hasChange: true,
    hasModes: true,
  },
  {
    name: 'hfs+',
    keyOf: folded,
    spell: (name) => name.normalize('NFD'),
    granularity: 1_000_000_000n,
    hasBirth: false,
    hasChange: true,
    hasModes: true,
  },
  {
    name: 'fat',
    keyOf: (name) => name.toLowerCase(),
    spell: same,
    granularity: 2_000_000_000n,
    hasBirth: false,
    hasChange: false,
    hasModes: false,
  },
]

export type FileNode = {
  kind: 'file' | 'link'
  bytes: Uint8Array
  /** What a power cut leaves of it, where that is something else. */
  unflushed: Uint8Array | null
  inode: number
  born: bigint
  modified: bigint
  changed: bigint
  isExecutable: boolean
  /** Whether it is executable, or is not, because of its person. */
  isOwnBit: boolean
}
type Entry = { name: string; node: FileNode | Folder }
export type Folder = { kind: 'folder'; entries: Map<string, Entry> }
export type Found = { path: string; node: FileNode }

const hashes = new WeakMap<Uint8Array, string>()
export const sha256Of = (bytes: Uint8Array): string => {
  let hash = hashes.get(bytes)
  if (hash === undefined) {
    hash = createHash('sha256').update(bytes).digest('hex')
    hashes.set(bytes, hash)
  }
  return hash
}

/** Bytes, and whether they are executable. */
const bitOf = ({ bytes, isExecutable }: Pick<FileNode, 'bytes' | 'isExecutable'>): string =>
  `${sha256Of(bytes)} ${isExecutable}`

/** Files in folders, as an operating system shows them to every program alike. Nothing here waits. */
export class FileSystem {
  readonly flavor: Flavor
  /** What was made executable by its person at some time, or not. */
  readonly ownBits = new Set<string>()
  readonly #now: () => number
  readonly #random: Random
  #root: Folder = { kind: 'folder', entries: new Map() }
  #inodes = new Set<number>()

  constructor(flavor: Flavor, now: () => number, random: Random) {
    this.flavor = flavor
    this.#now = now
    this.#random = random
  }

  /** Every file, with its path as it is spelled there, by name. */
  walk(): Found[] {
    const found: Found[] = []
    const visit = (folder: Folder, prefix: string): void => {
      const entries = [...folder.entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
      for (const { name, node } of entries)
        if (node.kind === 'folder') visit(node, `${prefix}${name}/`)
        else found.push({ path: `${prefix}${name}`, node })
    }
    visit(this.#root, '')
    return found
  }

  find(path: string): FileNode | Folder | null {
    let node: FileNode | Folder = this.#root
    for (const segment of path === '' ? [] : path.split('/')) {
      if (node.kind !== 'folder') return null
      const entry = this.#entryOf(node, segment)
      if (!entry) return null
      node = entry.node
    }
    return node
  }

  file(path: string): FileNode | null {
    const node = this.find(path)
    return node && node.kind !== 'folder' ? node : null
  }

  /** How the path is spelled there, as far as it is there. */
  spelling(path: string): string {
    let folder: Folder | null = this.#root
    return path
      .split('/')
      .map((segment) => {
        const entry: Entry | null = folder && this.#entryOf(folder, segment)
        folder = entry?.node.kind === 'folder' ? entry.node : null
        return entry?.name ?? segment
      })
      .join('/')
  }

  /** Bytes into a file, over what it had or as a new one. A new `bytes` each time: they are compared by reference. */
  write(path: string, bytes: Uint8Array): FileNode {
    const there = this.file(path)
    if (there) {
      there.bytes = bytes
      there.unflushed = null
      there.modified = this.#tick()
      there.changed = there.modified
      return there
    }
    const node = this.make(bytes)
    this.link(path, node)
    return node
  }

  make(bytes: Uint8Array, kind: FileNode['kind'] = 'file'): FileNode {
    let inode = 1
    // The lowest that is free, mostly: inodes are used again.
    while (this.#inodes.has(inode) || this.#random.chance(0.2)) inode += 1
    this.#inodes.add(inode)
    const now = this.#tick()
    const times = { born: now, modified: now, changed: now }
    return { kind, bytes, unflushed: null, inode, ...times, isExecutable: false, isOwnBit: true }
  }

  /** What another computer said of it, as far as this one keeps it. */
  setTime(node: FileNode, milliseconds: number): void {
    const exact = BigInt(Math.min(Math.max(milliseconds, 0), Math.round(this.#now()))) * 1_000_000n
    node.modified = exact - (exact % this.flavor.granularity)
  }

  mark(node: FileNode, isExecutable: boolean, isOwnBit: boolean): void {
    const note = (): void => {
      if (node.isOwnBit) this.ownBits.add(bitOf(node))
    }
    note()
    if (this.flavor.hasModes) node.isExecutable = isExecutable
    node.isOwnBit = isOwnBit
    note()
    node.changed = this.#tick()
  }

  touch(node: FileNode): void {
    node.modified = this.#tick()
    node.changed = node.modified
  }

  /** Gives a file a name, with the folders above it; what has that name already is gone then. @throws ENOTDIR, EISDIR */
  link(path: string, node: FileNode): void {
    const segments = path.split('/')
    const last = segments.pop() as string
    let folder = this.#root
    for (const segment of segments) {
      let entry = this.#entryOf(folder, segment)
      if (!entry) {
        const name = this.flavor.spell(segment)
        entry = { name, node: { kind: 'folder', entries: new Map() } }
        folder.entries.set(this.flavor.keyOf(name), entry)
      }
      if (entry.node.kind !== 'folder') throw new Error('ENOTDIR')
      folder = entry.node
    }
    const there = this.#entryOf(folder, last)
    if (there?.node.kind === 'folder') throw new Error('EISDIR')
    if (there && there.node !== node) this.#inodes.delete((there.node as FileNode).inode)
    const name = there?.name ?? this.flavor.spell(last)
    folder.entries.set(this.flavor.keyOf(name), { name, node })
    node.changed = this.#tick()
  }

  /** Takes its name from a file; folders that hold nothing any more go with it. The file itself lives on in whoever holds it. */
  unlink(path: string): FileNode {
    const segments = path.split('/')
    const trail: { folder: Folder; key: string }[] = []
    let node: FileNode | Folder = this.#root
    for (const segment of segments) {
      if (node.kind !== 'folder') throw new Error('ENOENT')
      const entry = this.#entryOf(node, segment)
      if (!entry) throw new Error('ENOENT')
      trail.push({ folder: node, key: this.flavor.keyOf(entry.name) })
      node = entry.node
    }
    if (node.kind === 'folder') throw new Error('EISDIR')
    for (const { folder, key } of trail.reverse()) {
      folder.entries.delete(key)
      if (folder.entries.size > 0) break
    }
    return node
  }

  /** For good. */
  remove(path: string): void {
    this.#inodes.delete(this.unlink(path).inode)
  }

  rename(from: string, to: string): void {
    const node = this.unlink(from)
    try {
      this.link(to, node)
    } catch (error) {
      this.link(from, node)
      throw error
    }
  }

  /** Gives the folders of a path the spelling of that path. Answers those that had another, before and after. */
  respell(path: string): [string, string][] {
    let folder: Folder | null = this.#root
    const changed: [string, string][] = []
    let [was, is] = ['', '']
    for (const segment of path.split('/').slice(0, -1)) {
      const entry: Entry | null = folder && this.#entryOf(folder, segment)
      if (!folder || !entry) break
      const name = this.flavor.spell(segment)
      ;[was, is] = [`${was}${entry.name}`, `${is}${name}`]
      if (was !== is) changed.push([was, is])
      ;[was, is] = [`${was}/`, `${is}/`]
      entry.name = name
      folder = entry.node.kind === 'folder' ? entry.node : null
    }
    return changed
  }

  /** What was written and not flushed is as if it had never been whole. */
  cutPower(): void {
    for (const { node } of this.walk())
      if (node.unflushed) {
        node.bytes = node.unflushed
        node.unflushed = null
      }
  }

  /** By its very name, else by one that is the same in Unicode's eyes, as programs that compare names do. */
  #entryOf(folder: Folder, name: string): Entry | null {
    const exact = folder.entries.get(this.flavor.keyOf(this.flavor.spell(name)))
    if (exact) return exact
    const normal = name.normalize('NFC')
    for (const entry of folder.entries.values())
      if (entry.name.normalize('NFC') === normal) return entry
    return null
  }

  #tick(): bigint {
    const exact =
      BigInt(Math.round(this.#now() * 1000)) * 1000n + BigInt(this.#random.below(1000)) * 1000n
    return exact - (exact % this.flavor.granularity)
  }
}
