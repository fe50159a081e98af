import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openSettings } from './settings.ts'

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'atelier-settings-'))

it('settings are kept, with the form of their file', async () => {
  const folder = await newFolder()
  const first = await openSettings(folder)
  expect(first.putAside).toBeNull()
  await first.update({ theme: 'dark' })
  expect(JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8'))).toMatchObject({
    form: 1,
    theme: 'dark',
  })
  expect((await openSettings(folder)).get().theme).toBe('dark')
})

it.each([
  ['newer', '{"form":2,"theme":"dark","of tomorrow":true}'],
  ['damaged', '{"theme":"dark"'],
])('a %s settings file is put aside as it was, and said', async (why, text) => {
  const folder = await newFolder()
  await writeFile(join(folder, 'settings.json'), text)
  const opened = await openSettings(folder)
  expect(opened.get().theme).toBe('system')
  expect(opened.putAside?.why).toBe(why)
  await opened.update({ theme: 'light' })
  const aside = (await readdir(folder)).find((name) => name.startsWith(`settings.${why}-`))
  expect(await readFile(join(folder, aside ?? ''), 'utf8')).toBe(text)
})
