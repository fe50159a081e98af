import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const file = join(import.meta.dirname, '../../docs/benchmarks.md')
const opening =
  '# Benchmarks\n\nMade by `npm run bench -- db`, `npm run bench -- cache`, `npm run bench -- steps` and `npm run bench -- sync`. Times are the machine’s and vary by a third; the ratios are what to compare.\n'

/** Puts one section of docs/benchmarks.md in the place of its last edition; the others stay. */
export const writeSection = async (heading: string, text: string): Promise<void> => {
  const before = await readFile(file, 'utf8').catch(() => '')
  const others = before
    .split(/^(?=## )/m)
    .slice(1)
    .filter((section) => !section.startsWith(`## ${heading}\n`))
    .map((section) => section.trimEnd())
  const sections = [...others, `## ${heading}\n\n${text.trimEnd()}`].toSorted()
  await writeFile(file, `${[opening.trimEnd(), ...sections].join('\n\n')}\n`)
}

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
export const rounded = (value: number): number => Math.round(value * 100) / 100
