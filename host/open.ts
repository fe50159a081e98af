import { once } from 'node:events'
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { dataFolderMode, ownFolder } from '../electron/disk/private.ts'
import { startPackages } from '../scripts/debian.ts'
import { hasDisplay } from '../scripts/display.ts'
import { chromiumHere } from './browser.ts'
import { startHost } from './launch.ts'

/** `npm start` without Electron: the built application in the host, in a window where there is a display. */
const display = hasDisplay()
/** PostgreSQL refuses to run as root, and whoever it runs as then may not enter root's own home. */
const home = process.getuid?.() === 0 ? '/var/lib' : join(homedir(), '.local/share')
const userData = process.env.ATELIER_USER_DATA ?? join(home, 'atelier-host')
/** Of a window that nobody sees. */
const place = (): string => {
  const picture = join(import.meta.dirname, '../test-output/start.png')
  try {
    mkdirSync(dirname(picture), { recursive: true })
    accessSync(existsSync(picture) ? picture : dirname(picture), constants.W_OK)
    return picture
  } catch {
    // Somebody else's checkout.
    return join(userData, 'start.png')
  }
}

const open = async (): Promise<number> => {
  if (!chromiumHere()) {
    console.error(startPackages())
    return 1
  }
  if (process.platform === 'linux' && !existsSync('/proc/self')) {
    console.error('Chromium needs /proc, which is not mounted here: mount -t proc proc /proc')
    return 1
  }
  try {
    await ownFolder(userData, dataFolderMode)
  } catch (error) {
    const reason = error instanceof Error ? error.message : error
    console.error(
      `Atelier cannot start. ${reason} Another place for its data: ATELIER_USER_DATA=<folder> npm start`,
    )
    return 1
  }
  const picture = display ? '' : place()
  const child = startHost(userData, process.argv.slice(2), {
    ATELIER_HOST_HEADED: display ? '1' : '0',
    ATELIER_HOST_LOG: '1',
    ATELIER_HOST_PICTURE: picture,
  })
  // A terminal's signal has reached it already, and it hears the same one twice as one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => child.kill(signal))
  const ended = once(child, 'exit').then(([code]) => Number(code ?? 1))
  const told = await Promise.race([
    once(child, 'message').then(([message]) => (message as { type: string }).type),
    ended,
  ])
  if (told === 'opened') {
    if (picture) console.log(`No display: running headless. Screenshot: ${picture}`)
    console.log(`Data: ${userData}. Stop with Ctrl+C.`)
  } else if (told === 'handedOver')
    console.log(`Atelier is already running over ${userData}: its window was brought forward.`)
  return ended
}

process.exit(await open())
