import { gzipSync } from 'node:zlib'
import type { Rolldown } from 'vite'

/** Bytes, compressed: what the window reads before it can show anything. */
export const firstChunkBytes = 350_000

type Bundle = Readonly<Record<string, Rolldown.OutputChunk | Rolldown.OutputAsset>>

/** Every file without which an entry does not begin: itself, and what it imports without asking. */
export const firstFiles = (bundle: Bundle): string[] => {
  const found = new Set<string>()
  const follow = (name: string): void => {
    const file = bundle[name]
    if (file?.type !== 'chunk' || found.has(name)) return
    found.add(name)
    for (const next of file.imports) follow(next)
  }
  for (const file of Object.values(bundle))
    if (file.type === 'chunk' && file.isEntry) follow(file.fileName)
  return [...found]
}

/** The build fails where the first chunk is more than it may be: what was loaded later has become part of it. */
export const firstChunkBudget = (budget = firstChunkBytes) => ({
  name: 'first-chunk-budget',
  enforce: 'post' as const,
  generateBundle(
    this: { error: (message: string) => never; info: (message: string) => void },
    _: unknown,
    bundle: Bundle,
  ): void {
    const sizes = firstFiles(bundle).map((name) => {
      const file = bundle[name]
      return { name, bytes: file?.type === 'chunk' ? gzipSync(file.code).length : 0 }
    })
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
    const told = sizes
      .toSorted((a, b) => b.bytes - a.bytes)
      .map(({ name, bytes }) => `${name} ${bytes}`)
      .join(', ')
    const sum = `The first chunk is ${total} bytes compressed, of ${budget}: ${told}`
    if (total > budget)
      this.error(`${sum}. Something that nobody sees first is imported without import().`)
    this.info(sum)
  },
})
