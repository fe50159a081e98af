import { once } from 'node:events'
import { mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { launchInHost, startHost } from '../../../host/launch.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'
import { mountDisk, whyNoDisk } from '../folder/mounts.ts'

/* A lock that cannot be had is told; one that another computer has is asked about, for Electron would just take it. */

const elsewhere = async (): Promise<string> => {
  const userData = join(await temporaryFolder('instance'), 'data')
  await mkdir(userData)
  await symlink('laptop-4242', join(userData, 'SingletonLock'))
  await symlink('/nowhere/SingletonSocket', join(userData, 'SingletonSocket'))
  return userData
}
const lockOf = (userData: string) => readlink(join(userData, 'SingletonLock'))
const start = async (userData: string) => {
  const child = startHost(userData, [], {}, 'pipe')
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const [code] = await once(child, 'exit')
  return { code, said }
}

it('a lock of another computer is not taken unless the person says so', async () => {
  const userData = await elsewhere()
  expect((await start(userData)).code).toBe(0)
  const asked = await readFile(join(userData, 'host-asked.txt'), 'utf8')
  expect(JSON.parse(asked)).toMatchObject({ message: 'Atelier is open on laptop', defaultId: 0 })
  expect(await lockOf(userData)).toBe('laptop-4242')

  await writeFile(join(userData, 'host-answers.txt'), '1')
  const application = await launchInHost({ userData })
  expect(await lockOf(userData)).toMatch(new RegExp(`^${hostname()}-\\d+$`))
  await application.quit()
}, 300_000)

const whyNot = whyNoDisk('tmpfs')
it.skipIf(whyNot !== null)(
  `a lock that nobody has and that cannot be had is told with its reason${whyNot ? ` (skipped: ${whyNot})` : ''}`,
  async () => {
    const disk = mountDisk('tmpfs', 4)
    try {
      disk.remount('ro')
      const { code, said } = await start(disk.root)
      expect(code).toBe(1)
      expect(said).toContain(
        `Atelier keeps its data in ${disk.root}, and its disk is read-only. Make it writable`,
      )
    } finally {
      disk.close()
    }
  },
  120_000,
)
