import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
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
