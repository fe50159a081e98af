import ignore from 'ignore'
import type { LeftOutReason } from '../../../contract/left-out.ts'
import { builtIn } from './defaults.ts'
import { maxRemembered } from './layer.ts'

const patterns = builtIn.flatMap(({ reason, rules }) =>
  rules
    .trim()
    .split('\n')
    .map((pattern) => ({ pattern, mark: reason })),
)
const open = () => ignore({ ignoreCase: true }).add(patterns)
/** It remembers all it was asked, and so is made anew now and then. */
let matcher = open()
let asked = 0

/** How each name begins, or ends, that any of our rules may mean: most names are none of them, and need no matcher. */
const beginnings = new Set<string>()
const ends = new Set<string>()
for (const { pattern } of patterns) {
  if (pattern.startsWith('!')) continue
  const plain = pattern.toLowerCase().replace(/^\\/, '').replace(/\/$/, '')
  const before = /^[^*?[]{1,2}/.exec(plain)?.[0]
  if (before) beginnings.add(before)
  else ends.add(/[^*?\]]{1,2}$/.exec(plain)?.[0] ?? '')
}

/** Whether one of our own rules may mean a name: cheap, and too often yes. */
export const mayBeOurs = (name: string): boolean => {
  const lower = name.toLowerCase()
  return (
    beginnings.has(lower.slice(0, 2)) ||
    beginnings.has(lower.slice(0, 1)) ||
    ends.has(lower.slice(-2)) ||
    ends.has(lower.slice(-1)) ||
    ends.has('')
  )
}

/** What our own rules say of a name. */
export const oursOf = (
  name: string,
  isFolder: boolean,
): { reason: LeftOutReason; rule: string; source: null } | null => {
  if (!mayBeOurs(name)) return null
  asked += 1
  if (asked % maxRemembered === 0) matcher = open()
  const { rule } = matcher.test(isFolder ? `${name}/` : name)
  const own = patterns.find(({ pattern }) => pattern === rule?.pattern)
  return own ? { reason: own.mark, rule: own.pattern, source: null } : null
}
