import { nameOf, type Target } from './target.ts'

const licence = /^(licen[cs]e|copying|notice|unlicense)/i

export const isLicence = (name: string): boolean => licence.test(name)

/** What no running program reads, in whatever package it lies. */
const folders =
  /(^|\/)(bin|tests?|__tests__|spec|docs?|examples?|benchmarks?|scripts?|skills|man|\.github|\.vscode|node_modules)\//i
const endings =
  /\.(map|flow|tsbuildinfo|d\.[cm]?ts|ts|mts|cts|tsx|md|markdown|c|cc|cpp|h|hh|hpp|mm|gyp|gypi|o|a|lib|bat|sh|html|bnf|png|ico)$/i
const byName =
  /(^|\/)(\.|Makefile$|binding\.gyp$|package-lock\.json$|(readme|changelog|history|authors|contributing)(\.|$))/i

/** Where a package holds more than one build of itself, or every system's: the part that is read here. */
const parts: Record<string, (target: Target) => RegExp> = {
  'better-sqlite3': (target) => new RegExp(`^(lib/|prebuilds/${nameOf(target)}\\.node$)`),
  keytar: (target) => new RegExp(`^(lib/|prebuilds/${nameOf(target)}/)`),
  '@parcel/watcher': () => /^(index|wrapper)\.js$/,
  '@supabase/lite': () => /^dist\/(index|db\/postgres\/PostgresConnection)\.js$/,
}

/** Whether a file of a package is packed, by its path in it. */
export const isShipped = (package_: string, path: string, target: Target): boolean => {
  if (path === 'package.json' || (!path.includes('/') && isLicence(path))) return true
  if (folders.test(path) || endings.test(path) || byName.test(path)) return false
  return parts[package_]?.(target).test(path) ?? true
}
