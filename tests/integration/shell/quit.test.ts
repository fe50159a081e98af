import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { launchInHost } from '../../../host/launch.ts'
import { logOf } from '../../e2e/log-of.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

/* A call into a disk that is away never comes back. A pipe that nobody reads is such a disk. */

it.skipIf(process.platform === 'win32')(
  'quitting ends, and the next start has the lock, where a disk does not answer',
  async () => {
    const userData = join(await temporaryFolder('quit'), 'data')
    const first = await launchInHost({ userData })
    expect(spawnSync('mkfifo', [join(userData, 'settings.json.draft')]).status).toBe(0)
    await first.page.evaluate(() => {
      // It is written for ever.
      void window.desktop.app.setTheme({ theme: 'dark' })
    })
    // Main has heard it by the time it answers this.
    await first.page.evaluate(() => window.desktop.app.info())
    await first.quit()
    const said = (await logOf(userData)).map(({ message }) => message)
    expect(said).toContainEqual(expect.stringMatching(/^Still not closed .*: settings$/))
    await first.kill()

    spawnSync('rm', [join(userData, 'settings.json.draft')])
    const second = await launchInHost({ userData })
    await second.quit()
  },
  120_000,
)
