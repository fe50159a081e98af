import { readdir, readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { z } from 'zod'
import { neededLibraries } from './needed-libraries.ts'
import type { System, Target } from './target.ts'

/** What the migrations create; a test holds it to them. */
export const extensions = ['plpgsql', 'pgcrypto', 'pg_trgm']

const programs = ['postgres', 'initdb', 'pg_ctl']
/**
 * Loaded by name, so that no table of a program lists them. The conversions between encodings stay out (3 MB):
 * database and clients speak UTF-8 alone.
 */
const modules = /^(plpgsql|pgcrypto|pg_trgm|dict_snowball)\.(so|dylib|dll)$/
const shared =
  /^(postgres\.bki|(pg_hba|pg_ident|postgresql)\.conf\.sample|(information_schema|snowball_create|system_\w+)\.sql|sql_features\.txt|timezone\/.*|timezonesets\/Default|tsearch_data\/\w+\.stop)$/

/** What each system has by itself, or, on Windows, what the packager lays beside postgres.exe. */
const ofTheSystem: Record<System, RegExp> = {
  linux:
    /^(lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s|resolv|crypt)\.so\.\d+|ld-linux-\S+\.so\.\d+|linux-vdso\.so\.1)$/,
  darwin: /^\/(usr\/lib|System\/Library)\//,
  win32:
    /^(api-ms-win-\S+|kernel32|advapi32|shell32|user32|ws2_32|wldap32|secur32|bcrypt|crypt32|ole32|msvcrt|vcruntime140(_1)?|msvcp140)\.dll$/i,
}

const symlinks = z.array(z.object({ source: z.string(), target: z.string() }))

export type PostgresFile = { path: string; linkTo?: string }

const isExtension = (name: string): boolean =>
  extensions.some((each) => name === `${each}.control` || name.startsWith(`${each}--`))

/**
 * Of an embedded PostgreSQL the part that runs here: three programs, the libraries that these ask for, and what initdb
 * reads. The rest (clients' libraries, other languages, headers, translations, pictures of a stack builder) is most
 * of the files and half of the bytes.
 */
export const postgresFiles = async (package_: string, target: Target): Promise<PostgresFile[]> => {
  const native = (path: string) => `native/${path}`
  const read = (path: string) => readFile(posix.join(package_, path))
  const files = (
    await readdir(posix.join(package_, 'native'), { recursive: true, withFileTypes: true })
  )
    .filter((entry) => entry.isFile())
    .map((entry) =>
      posix.relative(
        package_.replaceAll('\\', '/'),
        posix.join(entry.parentPath.replaceAll('\\', '/'), entry.name),
      ),
    )
  const links = symlinks.parse(
    JSON.parse(
      await readFile(posix.join(package_, native('pg-symlinks.json')), 'utf8').catch(() => '[]'),
    ),
  )
  const windows = target.system === 'win32'
  const libraries = native(windows ? 'bin' : 'lib')
  const moduleFolder = native(windows ? 'lib' : 'lib/postgresql')
  const share = native(windows ? 'share' : 'share/postgresql')
  const kept = new Map<string, PostgresFile>()

  const find = (name: string): PostgresFile | undefined => {
    const wanted = `${libraries}/${name}`.toLowerCase()
    const path = files.find((each) => each.toLowerCase() === wanted)
    if (path) return { path }
    const link = links.find((each) => each.target.toLowerCase() === wanted)
    return link && { path: link.target, linkTo: link.source }
  }
  const keep = async (file: PostgresFile): Promise<void> => {
    if (kept.has(file.path)) return
    kept.set(file.path, file)
    if (file.linkTo !== undefined) return keep({ path: file.linkTo })
    for (const needed of neededLibraries(await read(file.path))) {
      if (ofTheSystem[target.system].test(needed) || /^postgres(\.exe)?$/.test(needed)) continue
      const library = find(posix.basename(needed))
      if (!library)
        throw new Error(
          `${file.path} needs ${needed}, which neither PostgreSQL's package has nor ${target.system}.`,
        )
      await keep(library)
    }
  }

  for (const path of files) {
    const program = /^native\/bin\/(\w+)(\.exe)?$/.exec(path)?.[1]
    if (program && programs.includes(program)) await keep({ path })
    else if (posix.dirname(path) === moduleFolder && modules.test(posix.basename(path)))
      await keep({ path })
    else if (path.startsWith(`${share}/`)) {
      const name = path.slice(share.length + 1)
      if (shared.test(name) || (name.startsWith('extension/') && isExtension(posix.basename(name))))
        kept.set(path, { path })
    }
  }
  return [...kept.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}
