import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import * as electron from 'electron'
import { declareScheme, openKit, serveScheme } from './kit.ts'
import { assumptions } from './list.ts'

/** The entry of a process, of Electron's or of the double's, that finds out whether what is assumed is so. */
const { app } = electron
const {
  ATELIER_USER_DATA: folder = '',
  ATELIER_ASSUMPTIONS: wanted = '',
  ATELIER_ASSUMPTIONS_RECORD: record = '',
} = process.env
const answerTimeoutMs = 20_000

const tell = (id: string, failure: string | null): void =>
  appendFileSync(record, `${JSON.stringify({ id, failure })}\n`)
const launchAgain = async (args: string[]): Promise<number> => {
  const [, entry = ''] = process.argv.filter((argument) => argument !== '--no-sandbox')
  const asRoot = process.getuid?.() === 0 && process.versions.electron ? ['--no-sandbox'] : []
  const child = spawn(
    process.execPath,
    [...process.execArgv, ...asRoot, entry, ...args],
    // Not the channel of this one to whoever started it.
    { stdio: 'inherit', env: { ...process.env, NODE_CHANNEL_FD: undefined } },
  )
  const [code] = await once(child, 'exit')
  return Number(code)
}

app.setPath('userData', folder)
// Windows that a check closes are no reason to go.
app.on('window-all-closed', () => {})
declareScheme(electron)
const chosen = assumptions.filter(({ id }) => wanted.split(',').includes(id))
const played = chosen.find((each) => 'play' in each)

const checkAll = async (): Promise<void> => {
  await app.whenReady()
  serveScheme(electron)
  for (const assumption of chosen) {
    if (!('check' in assumption)) continue
    const { kit, close } = openKit(electron, folder, launchAgain)
    const late = new Promise<never>((_done, fail) =>
      setTimeout(() => fail(new Error('It took too long.')), answerTimeoutMs),
    )
    await Promise.race([assumption.check(kit), late]).then(
      () => tell(assumption.id, null),
      (error: unknown) =>
        tell(assumption.id, error instanceof Error ? (error.stack ?? error.message) : `${error}`),
    )
    close()
  }
  app.exit(0)
}
const playOne = async (): Promise<void> => {
  if (!played || !('play' in played)) return
  app.removeAllListeners('window-all-closed')
  const { kit } = openKit(electron, folder, launchAgain)
  void app.whenReady().then(() => serveScheme(electron))
  await played.play(kit)
}
// Not awaited: Electron is ready only once this module has been evaluated.
void (played ? playOne() : checkAll()).catch((error: unknown) => {
  console.error(error)
  app.exit(1)
})
