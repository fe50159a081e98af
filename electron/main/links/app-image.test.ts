import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { introduceAppImage } from './app-image.ts'

let place = ''
const appImage = '/apps/Atelier 1.AppImage'
let environment: Record<string, string> = {}
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'app-image-'))
  const tools = join(place, 'tools')
  await mkdir(tools)
  for (const tool of ['update-desktop-database', 'xdg-mime']) {
    const path = join(tools, tool)
    await writeFile(path, `#!/bin/sh\necho "${tool} $* [$LD_LIBRARY_PATH]" >> '${place}/ran'\n`)
    await chmod(path, 0o755)
  }
  environment = {
    PATH: `${tools}:/bin:/usr/bin`,
    HOME: join(place, 'home'),
    XDG_DATA_DIRS: join(place, 'for-all'),
    LD_LIBRARY_PATH: '/mounted/usr/lib',
  }
})
afterEach(() => rm(place, { recursive: true, force: true }))
const own = () => join(place, 'home/.local/share/applications')
const ran = () => readFile(join(place, 'ran'), 'utf8').catch(() => '')

it('tells the system once, and again only when it lies elsewhere', async () => {
  expect(await introduceAppImage(environment, appImage)).toBe(true)
  const text = await readFile(join(own(), 'atelier.desktop'), 'utf8')
  expect(text).toContain('Exec="/apps/Atelier 1.AppImage" %U')
  expect(await readdir(own())).toEqual(['atelier.desktop'])
  // Without the libraries that the AppImage brings along.
  expect(await ran()).toBe(
    `update-desktop-database ${own()} []\nxdg-mime default atelier.desktop x-scheme-handler/atelier []\n`,
  )
  expect(await introduceAppImage(environment, appImage)).toBe(false)
  expect(await introduceAppImage(environment, '/apps/2.AppImage')).toBe(true)
  expect(await readFile(join(own(), 'atelier.desktop'), 'utf8')).toContain('"/apps/2.AppImage"')
})

it('where this person keeps such things, if they say where', async () => {
  const share = join(place, 'share')
  await introduceAppImage({ ...environment, XDG_DATA_HOME: share }, appImage)
  expect(await readdir(join(share, 'applications'))).toEqual(['atelier.desktop'])
  await introduceAppImage({ ...environment, XDG_DATA_HOME: 'relative' }, appImage)
  expect(await readdir(own())).toEqual(['atelier.desktop'])
})

it('writes nothing from an archive, over another’s file, or where a package is installed', async () => {
  expect(await introduceAppImage(environment, null)).toBe(false)
  await mkdir(join(place, 'for-all/applications'), { recursive: true })
  await writeFile(join(place, 'for-all/applications/atelier.desktop'), '')
  expect(await introduceAppImage(environment, appImage)).toBe(false)
  await rm(join(place, 'for-all'), { recursive: true })
  await mkdir(own(), { recursive: true })
  await writeFile(join(own(), 'atelier.desktop'), '[Desktop Entry]\nName=Mine\n')
  expect(await introduceAppImage(environment, appImage)).toBe(false)
  expect(await ran()).toBe('')
})

it('does without the tools', async () => {
  expect(await introduceAppImage({ ...environment, PATH: join(place, 'nothing') }, appImage)).toBe(
    true,
  )
  expect(await readdir(own())).toEqual(['atelier.desktop'])
})

it('brings the icon that its entry names, in every size, beside what the person has', async () => {
  const mounted = join(place, 'mounted')
  const bring = async (size: string, file: string, data: string) => {
    const folder = join(mounted, 'usr/share/icons/hicolor', size, 'apps')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, file), data)
  }
  await bring('16x16', 'atelier.png', 'small')
  await bring('512x512', 'atelier.png', 'large')
  await bring('512x512', 'another.png', 'not named')
  const icons = join(place, 'home/.local/share/icons/hicolor')
  await mkdir(join(icons, '48x48/apps'), { recursive: true })
  await writeFile(join(icons, '48x48/apps/atelier.png'), 'the person’s own')
  await bring('48x48', 'atelier.png', 'middle')
  expect(await introduceAppImage({ ...environment, APPDIR: mounted }, appImage)).toBe(true)
  const entry = await readFile(join(own(), 'atelier.desktop'), 'utf8')
  expect(entry).toContain('\nIcon=atelier\n')
  const of = (size: string) => readFile(join(icons, size, 'apps/atelier.png'), 'utf8')
  expect(await Promise.all(['16x16', '48x48', '512x512'].map(of))).toEqual([
    'small',
    'the person’s own',
    'large',
  ])
  expect(await readdir(join(icons, '512x512/apps'))).toEqual(['atelier.png'])
  // One that is gone, or was never there as of an earlier version, comes back with the next start, and is seen.
  await rm(join(icons, '16x16/apps/atelier.png'))
  await utimes(icons, new Date(0), new Date(0))
  expect(await introduceAppImage({ ...environment, APPDIR: mounted }, appImage)).toBe(false)
  expect(await of('16x16')).toBe('small')
  expect((await stat(icons)).mtimeMs).toBeGreaterThan(0)
  // Beside an entry of somebody's own there is none of ours.
  await rm(join(icons, '16x16'), { recursive: true })
  await writeFile(join(own(), 'atelier.desktop'), '[Desktop Entry]\nName=Mine\n')
  await introduceAppImage({ ...environment, APPDIR: mounted }, appImage)
  expect((await readdir(icons)).toSorted()).toEqual(['48x48', '512x512'])
})
