import { execFileSync } from 'node:child_process'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../tests/fixtures/temporary-folder.ts'
import { troublesIn } from '../workflow-rules.ts'
import { writeAppleKey } from './apple-key.ts'
import { writeChecksums } from './checksums.ts'
import { checkTag, draftArguments, notSignedIn } from './draft.ts'
import { sandboxCommands } from './electron.ts'
import { fusedBinary, installedBinary, packageHere, signingAsNobody, unpack } from './installed.ts'

it('what is published is what can be checked, and nothing else', async () => {
  const folder = await temporaryFolder('checksums')
  const published = ['Atelier-1.0.0-linux-amd64.deb', 'latest-linux.yml', 'Atelier-1.0.0.tar.gz']
  for (const name of [...published, 'builder-debug.yml', 'notes.txt'])
    await writeFile(join(folder, name), name)
  expect((await writeChecksums(folder)).toSorted()).toEqual(published.toSorted())
  const said = execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folder })
  expect(String(said).trim().split('\n')).toHaveLength(published.length)
  await writeFile(join(folder, 'latest-linux.yml'), 'another')
  expect(() =>
    execFileSync('sha256sum', ['--check', 'SHA256SUMS'], { cwd: folder, stdio: 'ignore' }),
  ).toThrow()
  await expect(writeChecksums(await temporaryFolder('nothing'))).rejects.toThrow(
    'nothing to publish',
  )
})

it('the package of this processor is the one that is installed', () => {
  const names = ['Atelier-1.0.0-mac-arm64.dmg', 'Atelier-1.0.0-mac-x64.dmg', 'a-amd64.deb']
  expect(packageHere(names, '.dmg', 'arm64')).toBe('Atelier-1.0.0-mac-arm64.dmg')
  expect(packageHere(names, '.dmg', 'x64')).toBe('Atelier-1.0.0-mac-x64.dmg')
  expect(packageHere(names, '.deb', 'x64')).toBe('a-amd64.deb')
  expect(() => packageHere(names, '.exe', 'x64')).toThrow('There is no package')
  expect(installedBinary('linux', {})).toBe('/opt/Atelier/atelier')
})

it('an AppImage is unpacked by itself, begun by its script, and opened to tests in its program', async () => {
  const folder = await temporaryFolder('app-image')
  const image = join(folder, 'Atelier-linux-x86_64.AppImage')
  await writeFile(
    image,
    '#!/bin/sh\n[ "$1" = --appimage-extract ] && mkdir squashfs-root && touch squashfs-root/AppRun\n',
  )
  unpack(image, join(folder, 'unpacked'))
  expect(await stat(join(folder, 'unpacked/squashfs-root/AppRun'))).toBeTruthy()
  await writeFile(image, '#!/bin/sh\nexit 1\n')
  expect(() => unpack(image, join(folder, 'unpacked'))).toThrow('could not be unpacked')
  const begun = installedBinary('linux', { ATELIER_E2E_INSTALLED: 'AppImage' })
  expect(begun).toMatch(/squashfs-root\/AppRun$/)
  expect(fusedBinary(begun)).toMatch(/squashfs-root\/atelier$/)
  expect(fusedBinary('/opt/Atelier/atelier')).toBe('/opt/Atelier/atelier')
})

it('on macOS a copy whose fuse was flipped is signed anew, with nothing kept of its certificate', async () => {
  const said = signingAsNobody(installedBinary('darwin', {}))
  expect(said).toEqual(expect.arrayContaining(['--force', '--deep', '--sign', '-']))
  expect(said.join(' ')).not.toMatch(/preserve|runtime/)
  expect(said.at(-1)).toBe('/Applications/Atelier.app')
  const entitlements = await readFile(said[said.indexOf('--entitlements') + 1] ?? '', 'utf8')
  for (const name of ['allow-jit', 'disable-library-validation'])
    expect(entitlements).toContain(`<key>com.apple.security.cs.${name}</key>`)
  const shipped = await readFile(
    join(import.meta.dirname, '../../resources/entitlements.plist'),
    'utf8',
  )
  expect(shipped).not.toContain('disable-library-validation')
})

it('a workflow names actions by their commits, and runs scripts of this repository', async () => {
  const commit = 'a'.repeat(40)
  expect(troublesIn('a.yml', `      - uses: actions/checkout@${commit} # v7.0.1`)).toEqual([])
  expect(troublesIn('a.yml', '      - uses: actions/checkout@v7')).toHaveLength(1)
  expect(troublesIn('a.yml', `      - uses: actions/checkout@${commit}`)).toHaveLength(1)
  expect(troublesIn('a.yml', '      - run: npm run package')).toEqual([])
  expect(
    troublesIn('a.yml', '      - run: npm run package && curl https://example.com'),
  ).toHaveLength(1)
  expect(troublesIn('a.yml', '      - run: |')).toHaveLength(1)
  const text = await readFile(
    join(import.meta.dirname, '../../.github/workflows/release.yml'),
    'utf8',
  )
  const scripts = JSON.parse(
    await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'),
  ).scripts
  for (const [, name = ''] of text.matchAll(/run: npm run ([\w:-]+)/g))
    expect(Object.keys(scripts)).toContain(name)
})

it('the key for Apple is a file that nobody else reads, and none where there is no key', async () => {
  const folder = await temporaryFolder('apple-key')
  expect(await writeAppleKey({ RUNNER_TEMP: folder, ATELIER_APPLE_KEY_TEXT: '' })).toBeNull()
  const path = await writeAppleKey({ RUNNER_TEMP: folder, ATELIER_APPLE_KEY_TEXT: 'a key' })
  expect(path).toBe(join(folder, 'apple-api-key.p8'))
  expect(await readFile(path!, 'utf8')).toBe('a key\n')
  if (process.platform !== 'win32') expect((await stat(path!)).mode & 0o777).toBe(0o600)
  await expect(writeAppleKey({ ATELIER_APPLE_KEY_TEXT: 'a key' })).rejects.toThrow('RUNNER_TEMP')
})

it('each system signs with its own secrets, and no step that runs code of others signs as the workflow', async () => {
  const path = join(import.meta.dirname, '../../.github/workflows/release.yml')
  const { jobs } = load(await readFile(path, 'utf8')) as {
    jobs: Record<
      string,
      {
        permissions?: Record<string, string>
        steps: { run?: string; env?: Record<string, string> }[]
      }
    >
  }
  const secrets = Object.values(jobs)
    .flatMap(({ steps }) => steps.flatMap(({ env }) => Object.entries(env ?? {})))
    .filter(([, value]) => value.includes('secrets.'))
  expect(secrets.map(([name]) => name)).toContain('WIN_CSC_LINK')
  for (const [name, value] of secrets)
    expect([name, value]).toEqual([
      name,
      expect.stringContaining(`runner.os == '${name.startsWith('WIN_') ? 'Windows' : 'macOS'}'`),
    ])
  for (const { permissions, steps } of Object.values(jobs))
    if (permissions?.['id-token']) expect(steps.filter(({ run }) => run)).toEqual([])
  expect(jobs.attest?.permissions).toEqual({ 'id-token': 'write', attestations: 'write' })
})

it('whatever a workflow runs on Electron has its binary, with a sandbox', async () => {
  const path = join(import.meta.dirname, '../../.github/workflows/release.yml')
  const { jobs } = load(await readFile(path, 'utf8')) as {
    jobs: Record<string, { steps: { run?: string; env?: Record<string, string> }[] }>
  }
  const runs = Object.values(jobs).map(({ steps }) => steps.flatMap(({ run }) => run ?? []))
  const onElectron = runs.filter((each) => each.some((run) => run.includes('--project=electron')))
  expect(onElectron).toHaveLength(2)
  for (const each of onElectron) {
    const first = each.findIndex((run) => run.includes('--project=electron'))
    expect(each.slice(0, first)).toContain('npm run release -- prepare')
  }
  expect(sandboxCommands('/a b/electron')).toEqual([
    ['chown', 'root:root', '/a b/chrome-sandbox'],
    ['chmod', '4755', '/a b/chrome-sandbox'],
  ])
})

it('what is proven before anything is packaged is every suite, as root of a system that is thrown away', async () => {
  const path = join(import.meta.dirname, '../../.github/workflows/release.yml')
  const { jobs } = load(await readFile(path, 'utf8')) as {
    jobs: Record<
      string,
      {
        needs?: string
        container?: { image: string; options: string }
        steps: { run?: string }[]
      }
    >
  }
  const { check, package: packaging } = jobs
  expect(packaging?.needs).toBe('check')
  // With no suite named, it runs all there are.
  expect(check?.steps.flatMap(({ run }) => run ?? [])).toContain('npm run test')
  // Debian 12 has PostgreSQL 15, and a container's user is root; to mount, it needs the right.
  expect(check?.container?.image).toMatch(/^node:24\.[\d.]+-bookworm@sha256:[0-9a-f]{64}$/)
  expect(check?.container?.options).toContain('--privileged')
  // What outlives its parent would stay as a zombie, which answers as if it ran.
  expect(check?.container?.options).toContain('--init')
})

it('an image is named by its digest', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  expect(troublesIn('a.yml', `      image: node:24-bookworm@${digest}`)).toEqual([])
  expect(troublesIn('a.yml', '      image: node:24-bookworm')).toHaveLength(1)
})

it('a tag names the version that is built from it', async () => {
  const tag = (name: string) => ({ GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: name })
  expect(() => checkTag(tag('v1.2.3'), '1.2.3')).not.toThrow()
  expect(() => checkTag(tag('v1.2.4'), '1.2.3')).toThrow('its tag is v1.2.3')
  expect(() =>
    checkTag({ GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main' }, '1.2.3'),
  ).not.toThrow()
  const workflow = await readFile(
    join(import.meta.dirname, '../../.github/workflows/release.yml'),
    'utf8',
  )
  expect(workflow.indexOf('npm run release -- tag')).toBeGreaterThan(0)
  expect(workflow.indexOf('npm run release -- tag')).toBeLessThan(workflow.indexOf('npm run test'))
})

it('a draft says what is not signed, and what is a pre-release', async () => {
  const folder = await temporaryFolder('draft')
  await writeFile(join(folder, 'not-signed-darwin.txt'), 'macOS, one\nmacOS, two\n')
  await writeFile(join(folder, 'notes.txt'), 'something else')
  const notSigned = await notSignedIn(folder)
  expect(notSigned).toEqual(['macOS, one', 'macOS, two'])
  const about = { version: '1.2.3', notSigned, files: ['/dist/a.deb'] }
  const args = draftArguments(about)
  expect(args.slice(0, 4)).toEqual(['release', 'create', 'v1.2.3', '--draft'])
  expect(args[args.indexOf('--notes') + 1]).toContain('- macOS, two')
  expect(args).not.toContain('--prerelease')
  expect(args.at(-1)).toBe('/dist/a.deb')
  expect(draftArguments({ ...about, notSigned: [] })).not.toContain('--notes')
  expect(draftArguments({ ...about, version: '1.3.0-beta.1' })).toContain('--prerelease')
})

it('a spec that needs what a packaged application never reads is skipped where one is installed', async () => {
  const folder = join(import.meta.dirname, '../../tests/e2e')
  const specs = (await readdir(folder)).filter((name) => name.endsWith('.spec.ts'))
  const needing: string[] = []
  for (const name of specs) {
    const text = await readFile(join(folder, name), 'utf8')
    if (!/ATELIER_UPDATE_FEED|ELECTRON_RENDERER_URL/.test(text)) continue
    needing.push(name)
    expect(text, name).toMatch(/^test\.skip\(isInstalled, /m)
  }
  expect(needing).toEqual(['dev-server.spec.ts', 'updates.spec.ts'])
})
