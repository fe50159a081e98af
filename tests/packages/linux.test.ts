import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { artifactOf, told } from './packed.ts'

let folder = ''
let debian = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-packages-'))
  debian = join(folder, 'deb')
  await mkdir(debian)
  told('dpkg-deb', '-x', artifactOf('.deb'), debian)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const lines = (text: string): string[] => text.split('\n').filter(Boolean)
/** What dpkg would lay out, a line each, as tar lists it. */
const listOf = (deb: string, how: '-t' | '-tv'): string[] =>
  lines(told('sh', '-c', 'dpkg-deb --fsys-tarfile "$1" | tar "$2"', 'sh', deb, how))

const entriesOf = (desktopFile: string): Record<string, string> =>
  Object.fromEntries(
    lines(desktopFile)
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )

test('the deb says what it is, and what it needs', () => {
  const field = (name: string) => told('dpkg-deb', '-f', artifactOf('.deb'), name).trim()
  expect(field('Package')).toBe('atelier')
  expect(field('Version')).toBe('0.1.0')
  expect(field('Architecture')).toBe('amd64')
  expect(field('Maintainer')).toMatch(/^.+ <.+@.+>$/)
  expect(field('Homepage')).toMatch(/^https:/)
  expect(field('Description')).toMatch(/^\S.*\n \S/)
  const needs = field('Depends').split(', ')
  for (const wanted of ['libc6 (>= 2.34)', 'libgbm1', 'libnss3', 'libsecret-1-0', 'xdg-utils'])
    expect(needs).toContain(wanted)
  expect(needs.join()).toMatch(/libasound2/)
})

test('the deb says whose it is, and where the licences of others are', async () => {
  const text = await readFile(join(debian, 'usr/share/doc/atelier/copyright'), 'utf8')
  expect(text).toContain('License: MIT')
  const [notices = ''] = /\/opt\S+NOTICES\.txt/.exec(text) ?? []
  expect(await readFile(join(debian, notices), 'utf8')).toContain('AppImage alone')
})

test('deb and rpm install the same files', () => {
  const inRpm = lines(told('rpm', '-qpl', artifactOf('.rpm')))
  const inDeb = listOf(artifactOf('.deb'), '-t')
    .filter((path) => !path.endsWith('/'))
    .map((path) => path.replace(/^\./, ''))
  expect(new Set(inRpm)).toEqual(new Set(inDeb))
})

test('the rpm says what it is, and what it needs', () => {
  const field = (name: string) => told('rpm', '-qp', '--qf', `%{${name}}`, artifactOf('.rpm'))
  expect(field('NAME')).toBe('atelier')
  expect(field('VERSION')).toBe('0.1.0')
  expect(field('ARCH')).toBe('x86_64')
  expect(field('LICENSE')).toBe('MIT')
  expect(field('URL')).toMatch(/^https:/)
  expect(field('SUMMARY')).not.toBe('')
  const needs = lines(told('rpm', '-qpR', artifactOf('.rpm')))
  for (const wanted of [
    'glibc >= 2.34',
    '(libstdc++ or libstdc++6)',
    '(libgcc or libgcc_s1)',
    'gtk3',
    'nss',
    'xdg-utils',
    '(libsecret or libsecret-1-0)',
  ])
    expect(needs).toContain(wanted)
  expect(told('rpm', '-qp', '--scripts', artifactOf('.rpm'))).toContain('/opt/Atelier')
})

test('the desktop file is valid, and the system gives it links', async () => {
  const file = join(debian, 'usr/share/applications/atelier.desktop')
  expect(told('desktop-file-validate', file)).toBe('')
  const entries = entriesOf(await readFile(file, 'utf8'))
  expect(entries).toMatchObject({
    Name: 'Atelier',
    Type: 'Application',
    Icon: 'atelier',
    StartupWMClass: 'atelier',
    MimeType: 'x-scheme-handler/atelier;',
    Exec: '/opt/Atelier/atelier %U',
  })
})

test('its icon is there in every size', async () => {
  const icons = join(debian, 'usr/share/icons/hicolor')
  for (const size of [16, 32, 48, 128, 256, 512]) {
    const png = await readFile(join(icons, `${size}x${size}/apps/atelier.png`))
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size])
  }
})

test('nothing in the deb is writable for others, or runs as its owner', () => {
  const modes = listOf(artifactOf('.deb'), '-tv')
  expect(modes.filter((line) => !/^l/.test(line) && /^.{8}w/.test(line))).toEqual([])
  expect(modes.filter((line) => /^...s|^......s/.test(line))).toEqual([])
  expect(modes.filter((line) => !/^\S+ (root\/root|0\/0) /.test(line))).toEqual([])
})

test('the AppImage holds the application, its desktop file at the root', async () => {
  const image = artifactOf('.AppImage')
  expect((await stat(image)).mode & 0o111).toBe(0o111)
  const offset = String((await readFile(image)).indexOf('hsqs'))
  const listed = lines(told('unsquashfs', '-o', offset, '-l', image))
  for (const path of ['AppRun', 'atelier', 'atelier.desktop', '.DirIcon', 'resources/app.asar'])
    expect(listed).toContain(`squashfs-root/${path}`)
  // Which the application brings to the person's own, as its desktop file's (electron/main/links/app-image.ts).
  for (const size of [16, 48, 512])
    expect(listed).toContain(
      `squashfs-root/usr/share/icons/hicolor/${size}x${size}/apps/atelier.png`,
    )
  const desktop = told('unsquashfs', '-o', offset, '-cat', image, 'atelier.desktop')
  expect(entriesOf(desktop)).toMatchObject({
    Exec: 'AppRun %U',
    MimeType: 'x-scheme-handler/atelier;',
  })
  const written = join(folder, 'app-image')
  told('unsquashfs', '-q', '-n', '-o', offset, '-d', written, image, 'atelier.desktop')
  expect(told('desktop-file-validate', join(written, 'atelier.desktop'))).toBe('')
})

test('the tar.gz is one folder with the application', () => {
  const listed = lines(told('tar', '-tzf', artifactOf('.tar.gz')))
  const folders = new Set(listed.map((path) => path.split('/')[0]))
  expect(folders.size).toBe(1)
  const [top] = folders
  for (const path of ['atelier', 'resources/app.asar', 'LICENSE.electron.txt'])
    expect(listed).toContain(`${top}/${path}`)
})
