import { beforeEach, expect, test, vi } from 'vitest'
import { chooseFolder, chooseToAdd } from './window.ts'

const { asked, answers } = vi.hoisted(() => ({
  asked: [] as (string | undefined)[],
  answers: [] as string[][],
}))
vi.mock('electron', () => ({
  app: { getPath: (name: string) => `/home/ada/${name}` },
  dialog: {
    showOpenDialog: async ({ defaultPath }: Electron.OpenDialogOptions) => {
      asked.push(defaultPath)
      const filePaths = answers.shift() ?? []
      return { canceled: filePaths.length === 0, filePaths }
    },
  },
}))
vi.mock('./previews.ts', () => ({}))
vi.mock('./title-bar.ts', () => ({}))
beforeEach(() => {
  asked.length = 0
  answers.length = 0
})

test('choosing begins among the person’s documents, and then where they chose last', async () => {
  answers.push([], ['/srv/sites/tide'], ['/home/ada/pictures/a.png', '/home/ada/pictures/b.png'])
  expect(await chooseFolder(null, 'link')).toBe(null)
  expect(await chooseFolder(null, 'copy')).toBe('/srv/sites/tide')
  expect(await chooseToAdd(null, 'files')).toHaveLength(2)
  expect(await chooseToAdd(null, 'folder')).toEqual([])
  // Electron by itself begins in Downloads each time.
  expect(asked).toEqual([
    '/home/ada/documents',
    '/home/ada/documents',
    '/srv/sites',
    '/home/ada/pictures',
  ])
})
