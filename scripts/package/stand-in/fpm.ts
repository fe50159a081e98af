import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'

/*
 * In place of fpm, which is neither in Debian nor on npm: what electron-builder asks of it, by the tools that Debian
 * has. An argument that is not known here is an error, and no package without what it stood for.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    source: { type: 'string', short: 's' },
    target: { type: 'string', short: 't' },
    depends: { type: 'string', short: 'd', multiple: true, default: [] },
    'deb-recommends': { type: 'string', multiple: true, default: [] },
    force: { type: 'boolean' },
    architecture: { type: 'string' },
    'after-install': { type: 'string' },
    'after-remove': { type: 'string' },
    'before-install': { type: 'string' },
    'before-remove': { type: 'string' },
    category: { type: 'string', default: 'default' },
    description: { type: 'string' },
    'deb-compression': { type: 'string' },
    'deb-priority': { type: 'string', default: 'optional' },
    license: { type: 'string', default: 'unknown' },
    maintainer: { type: 'string' },
    name: { type: 'string' },
    package: { type: 'string' },
    'rpm-compression': { type: 'string' },
    'rpm-os': { type: 'string' },
    'rpm-summary': { type: 'string' },
    url: { type: 'string' },
    vendor: { type: 'string' },
    version: { type: 'string' },
  },
})
const asked = z
  .looseObject({
    target: z.enum(['deb', 'rpm']),
    architecture: z.string(),
    description: z.string().transform((text) => text.trimEnd()),
    maintainer: z.string(),
    name: z.string(),
    package: z.string(),
    url: z.string(),
    vendor: z.string(),
    version: z.string(),
  })
  .parse(values)

const work = mkdtempSync(join(tmpdir(), 'atelier-fpm-'))
const root = join(work, 'root')

/** `from=to`; of a folder with a slash at its end, what is in it. */
const place = (pair: string): void => {
  const [from = '', to = ''] = pair.split('=')
  const target = join(root, to)
  mkdirSync(dirname(target), { recursive: true })
  if (from.endsWith('/')) cpSync(from, target, { recursive: true, verbatimSymlinks: true })
  else {
    copyFileSync(from, target)
    chmodSync(target, 0o644)
  }
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesIn(path) : [path]
  })

const script = (which: 'install' | 'remove', when: 'before' | 'after'): string | undefined =>
  values[`${when}-${which}`]
const list = (name: string, words: string[]): string[] =>
  words.length > 0 ? [`${name}: ${words.join(', ')}`] : []

const buildDeb = (files: string[]): void => {
  const size = files.reduce((sum, file) => sum + lstatSync(file).size, 0)
  const control = join(root, 'DEBIAN')
  mkdirSync(control)
  const lines = [
    `Package: ${asked.name}`,
    `Version: ${asked.version}`,
    `Architecture: ${asked.architecture}`,
    `Maintainer: ${asked.maintainer}`,
    `Vendor: ${asked.vendor}`,
    `Installed-Size: ${Math.ceil(size / 1024)}`,
    `Section: ${values.category}`,
    `Priority: ${values['deb-priority']}`,
    `Homepage: ${asked.url}`,
    ...list('Depends', values.depends),
    ...list('Recommends', values['deb-recommends']),
    `Description: ${asked.description}`,
  ]
  writeFileSync(join(control, 'control'), `${lines.join('\n')}\n`)
  const scripts = {
    preinst: script('install', 'before'),
    postinst: script('install', 'after'),
    prerm: script('remove', 'before'),
    postrm: script('remove', 'after'),
  }
  for (const [name, file] of Object.entries(scripts)) {
    if (!file) continue
    copyFileSync(file, join(control, name))
    chmodSync(join(control, name), 0o755)
  }
  // It is looked at and thrown away: fast before small.
  const compression = ['-Zzstd', '-z3']
  execFileSync('dpkg-deb', ['--root-owner-group', ...compression, '--build', root, asked.package], {
    stdio: ['ignore', 2, 2],
  })
}

const section = (name: string, file: string | undefined): string[] =>
  file ? [`%${name}`, readFileSync(file, 'utf8')] : []

/** Debian's names of processors, which are what is asked for, and those of rpm. */
const rpmArchitectures: Record<string, string> = { amd64: 'x86_64', arm64: 'aarch64' }

const buildRpm = (files: string[]): void => {
  const top = join(work, 'rpm')
  const spec = join(work, 'atelier.spec')
  const lines = [
    // As it came: what would strip, compress or search programs would change or judge what others built.
    '%global __os_install_post %{nil}',
    '%global debug_package %{nil}',
    '%define _build_id_links none',
    'AutoReqProv: no',
    `Name: ${asked.name}`,
    `Version: ${asked.version.replaceAll('-', '~')}`,
    'Release: 1',
    `Summary: ${values['rpm-summary'] ?? asked.name}`,
    `License: ${values.license}`,
    `Vendor: ${asked.vendor}`,
    `URL: ${asked.url}`,
    ...values.depends.map((each) => `Requires: ${each}`),
    '%description',
    asked.description,
    ...section('pre', script('install', 'before')),
    ...section('post', script('install', 'after')),
    ...section('preun', script('remove', 'before')),
    ...section('postun', script('remove', 'after')),
    '%files',
    '%defattr(-, root, root, -)',
    ...files.map((file) => `"/${relative(root, file)}"`),
  ]
  writeFileSync(spec, `${lines.join('\n')}\n`)
  const architecture = rpmArchitectures[asked.architecture] ?? asked.architecture
  const options = ['-bb', '--target', architecture, '--buildroot', root]
  const definitions = [`_topdir ${top}`, '_binary_payload w3.zstdio'].flatMap((each) => [
    '--define',
    each,
  ])
  execFileSync('rpmbuild', [...options, ...definitions, spec], { stdio: ['ignore', 2, 2] })
  const built = filesIn(join(top, 'RPMS'))[0]
  if (!built) throw new Error('rpmbuild left no package.')
  copyFileSync(built, asked.package)
}

try {
  for (const pair of positionals) place(pair)
  const files = filesIn(root)
  if (asked.target === 'deb') buildDeb(files)
  else buildRpm(files)
} finally {
  rmSync(work, { recursive: true, force: true })
}
