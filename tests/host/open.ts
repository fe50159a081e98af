import { homedir } from 'node:os'
import { join } from 'node:path'
import { launchInHost } from './launch.ts'

/** `npm start` without Electron: the built application in the host, in a window where there is a display. */
const display =
  Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY) || process.platform !== 'linux'
/** PostgreSQL refuses to run as root, and whoever it runs as then may not enter root's own home. */
const home = process.getuid?.() === 0 ? '/var/lib' : join(homedir(), '.local/share')
const userData = process.env.ATELIER_USER_DATA ?? join(home, 'atelier-host')
const application = await launchInHost({
  userData,
  args: process.argv.slice(2),
  env: { ATELIER_HOST_HEADED: display ? '1' : '0', ATELIER_HOST_LOG: '1' },
})
// Past the first skeleton: something to press or to fill in.
await application.page.locator('main button, main input').first().waitFor({ timeout: 120_000 })
if (!display) {
  const screenshot = join(import.meta.dirname, '../../test-output/start.png')
  await application.page.screenshot({ path: screenshot })
  console.log(
    `No display: running headless. To use it, open chrome://inspect in a browser, and add ${new URL(application.endpoint).host}.`,
  )
  console.log(`Screenshot: ${screenshot}`)
}
console.log(`Data: ${userData}. Stop with Ctrl+C.`)
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void application.quit().then(() => process.exit(0)))
await application.ended
process.exit(0)
