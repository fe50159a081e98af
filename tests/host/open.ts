import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { dataFolderMode, ownFolder } from '../../electron/disk/private.ts'
import { startPackages } from '../../scripts/debian.ts'
import { chromiumHere } from './browser.ts'
import { startHost } from './launch.ts'

/** `npm start` without Electron: the built application in the host, in a window where there is a display. */
const display =
  Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY) || process.platform !== 'linux'
/** PostgreSQL refuses to run as root, and whoever it runs as then may not enter root's own home. */
const home = process.getuid?.() === 0 ? '/var/lib' : join(homedir(), '.local/share')
const userData = process.env.ATELIER_USER_DATA ?? join(home, 'atelier-host')
const picture = join(import.meta.dirname, '../../test-output/start.png')

const open = async (): Promise<number> => {
  if (!chromiumHere()) {
    console.error(startPackages())
    return 1
  }
  try {
    await ownFolder(userData, dataFolderMode)
    if (!display) mkdirSync(dirname(picture), { recursive: true })
  } catch (error) {
    console.error(`Atelier cannot start. ${error instanceof Error ? error.message : error}`)
    return 1
  }
  const child = startHost(userData, process.argv.slice(2), {
    ATELIER_HOST_HEADED: display ? '1' : '0',
    ATELIER_HOST_LOG: '1',
    ATELIER_HOST_PICTURE: display ? '' : picture,
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  const ended = once(child, 'exit').then(([code]) => Number(code ?? 1))
  const told = await Promise.race([
    once(child, 'message').then(([message]) => (message as { type: string }).type),
    ended,
  ])
  if (told === 'opened') {
    if (!display) console.log(`No display: running headless. Screenshot: ${picture}`)
    console.log(`Data: ${userData}. Stop with Ctrl+C.`)
  } else if (told === 'handedOver')
    console.log(`Atelier is already running over ${userData}: its window was brought forward.`)
  return ended
}

process.exit(await open())
