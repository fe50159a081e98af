import { expect, test } from 'vitest'
import { type FolderLink, nothingLeftOut, nothingOnlyHere } from '../../../src/contract/folders.ts'
import { nothingPending } from '../../../src/contract/sync.ts'
import { countText, firstOf, groupsOf, matching } from './folder-groups.ts'

const link = (projectId: string, title: string, change: Partial<FolderLink> = {}): FolderLink => ({
  id: `${projectId} ${title}`,
  projectId,
  artifactId: title,
  title,
  root: `/own/${title}`,
  status: 'in-step',
  failure: null,
  filesDone: 0,
  filesTotal: 0,
  bytesDone: 0,
  bytesTotal: 0,
  bytesPerSecond: null,
  secondsLeft: null,
  transfers: [],
  pending: nothingPending,
  blocked: [],
  held: null,
  direction: 'both',
  onlyHere: nothingOnlyHere,
  lastSyncedAt: null,
  leftOut: nothingLeftOut,
  watching: 'full',
  ...change,
})

test('folders stand under their projects, both by name; what is not known comes last', () => {
  const links = [
    ...[link('t', 'Menu 10'), link('x', 'Lost'), link('a', 'Toolkit'), link('t', 'menu 9')],
  ]
  const projects = [
    { id: 't', name: 'Tidewater' },
    { id: 'a', name: 'atlas' },
    { id: 'n', name: 'Nothing linked' },
  ]
  const told = groupsOf(links, projects).map((group) => [
    group.name,
    group.links.map(({ title }) => title),
  ])
  expect(told).toEqual([
    ['atlas', ['Toolkit']],
    ['Tidewater', ['menu 9', 'Menu 10']],
    ['A project that is not shared with you now', ['Lost']],
  ])
})

test('a long list shows its first, and whatever needs somebody', () => {
  const links = Array.from({ length: 1_200 }, (_, index) =>
    link('t', `${index}`, index === 900 ? { status: 'failed', failure: 'disk.full' } : {}),
  )
  expect(firstOf(links, 20).map(({ title }) => title)).toEqual([
    ...Array.from({ length: 20 }, (_, index) => `${index}`),
    '900',
  ])
  expect(countText(links)).toBe('1,200 folders · one needs you')
  expect(countText(links.slice(0, 1))).toBe('One folder')
  expect(matching(links, ' /OWN/1199').map(({ title }) => title)).toEqual(['1199'])
  expect(matching(links, '')).toHaveLength(1_200)
})
