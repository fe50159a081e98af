import { expect, test, vi } from 'vitest'
import { defaultLinkRules } from '../../../../src/sync/policy.ts'
import { openFolderService } from './index.ts'

const closed = vi.hoisted(() => vi.fn())
const links = ['a', 'b', 'c'].map((id) => ({
  id,
  projectId: 'tides',
  artifactId: `of ${id}`,
  root: `/disks/${id}`,
  paused: 1,
  direction: 'both',
}))
vi.mock('../../store/database-worker.ts', () => ({
  openDatabaseWorker: async () => ({
    links: async () => links,
    rules: async () => defaultLinkRules,
    projectLinks: async () => [],
    close: async () => {},
  }),
}))
vi.mock('./disk.ts', () => ({
  openDisk: async ({ linkId }: { linkId: string }) => ({
    setRules: async () => {},
    close: () => {
      closed(linkId)
      // A call into a disk that is away never comes back.
      return linkId === 'a' ? new Promise(() => {}) : Promise.resolve()
    },
  }),
}))

test('a folder on a disk that hangs keeps no other one from being closed', async () => {
  const worker = new URL('file:///worker.js')
  const service = await openFolderService({
    folder: '/data',
    workers: { store: worker, disk: worker },
    deviceName: 'desk',
    remoteOf: () => ({}),
    artifactsOf: async () => [],
    largest: () => null,
    tell: () => {},
    advanced: () => {},
  } as unknown as Parameters<typeof openFolderService>[0])
  void service.close()
  await vi.waitFor(() => expect(closed.mock.calls.flat()).toEqual(['a', 'b', 'c']))
})
