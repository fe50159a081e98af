import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { keychainVault, memoryVault } from '../../../electron/main/session/vault.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const run = promisify(execFile)
const probe = join(import.meta.dirname, 'vault-probe.ts')

describe('the keychain of this computer', () => {
  it('keeps, gives back and removes an entry', async () => {
    const vault = keychainVault('one')
    await vault.write('entry', 'a secret — with an accent é')
    expect(await vault.read('entry')).toBe('a secret — with an accent é')
    await vault.write('entry', 'another')
    expect(await vault.read('entry')).toBe('another')
    await vault.remove('entry')
    expect(await vault.read('entry', true)).toBeNull()
    await vault.remove('entry')
  })

  it('keeps the entries of two data folders apart', async () => {
    await keychainVault('one').write('entry', 'of one')
    expect(await keychainVault('two').read('entry')).toBeNull()
    await keychainVault('one').remove('entry')
  })

  it('refuses a secret that Windows would cut, and keeps what was there', async () => {
    const vault = keychainVault('long')
    await vault.write('entry', 'short')
    await expect(vault.write('entry', 'x'.repeat(2401))).rejects.toMatchObject({
      code: 'vault.corrupt',
    })
    expect(await vault.read('entry')).toBe('short')
    await vault.remove('entry')
  })

  it('takes requests in turn', async () => {
    const vault = keychainVault('turns')
    await Promise.all(Array.from({ length: 20 }, (_, each) => vault.write('entry', `${each}`)))
    expect(await vault.read('entry')).toBe('19')
    await vault.remove('entry')
  })
})

it('memory lasts as long as the process', async () => {
  const vault = memoryVault()
  await vault.write('entry', 'secret')
  expect(await vault.read('entry')).toBe('secret')
  expect(await memoryVault().read('entry')).toBeNull()
})

const busConfiguration = (rule = '') => `<!DOCTYPE busconfig PUBLIC
  "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/>${rule}</policy></busconfig>`

/** The probe, on a bus of its own where the keyring is in the state that `prepare` leaves it in. */
const onBus = async (
  folder: string,
  prepare: string,
  { configuration, action = 'both' }: { configuration?: string; action?: string } = {},
) => {
  const options: string[] = []
  if (configuration) {
    await writeFile(join(folder, 'bus.conf'), configuration)
    options.push(`--config-file=${join(folder, 'bus.conf')}`)
  }
  const { stdout } = await run(
    'dbus-run-session',
    [...options, '--', 'sh', '-c', `${prepare}\nexec "$0" "$@"`, process.execPath, probe, action],
    {
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        XDG_DATA_HOME: join(folder, 'data'),
        XDG_RUNTIME_DIR: folder,
      },
    },
  )
  return JSON.parse(stdout) as unknown
}
const unlock = String.raw`printf 'a password\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1`
const startLocked = 'gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1'

describe('a keychain that does not work', () => {
  const missing = { write: 'vault.missing', read: 'vault.missing' }

  it('no bus at all', async () => {
    const { stdout } = await run(process.execPath, [probe], { env: { PATH: process.env.PATH } })
    expect(JSON.parse(stdout)).toEqual(missing)
  })

  it('a bus that is gone', async () => {
    const env = { PATH: process.env.PATH, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }
    const { stdout } = await run(process.execPath, [probe], { env })
    expect(JSON.parse(stdout)).toEqual(missing)
  })

  it('a bus without a secret service', async () => {
    const folder = await temporaryFolder('keyring')
    expect(await onBus(folder, '', { configuration: busConfiguration() })).toEqual(missing)
  })

  it('locked, with nobody to ask for its password; unlocked, everything is there again', async () => {
    const folder = await temporaryFolder('keyring')
    expect(await onBus(folder, unlock)).toEqual({ write: null, read: 'secret' })
    expect(await onBus(folder, startLocked)).toEqual({
      write: 'vault.locked',
      read: 'vault.locked',
    })
    expect(await onBus(folder, unlock, { action: 'read' })).toEqual({ read: 'secret' })
  })

  it('a service without any keyring', async () => {
    const folder = await temporaryFolder('keyring')
    expect(await onBus(folder, startLocked)).toEqual(missing)
  })

  it('denied by the system', async () => {
    const folder = await temporaryFolder('keyring')
    const rule = '<deny send_destination="org.freedesktop.secrets"/>'
    expect(await onBus(folder, unlock, { configuration: busConfiguration(rule) })).toEqual({
      write: 'vault.denied',
      read: 'vault.denied',
    })
  })

  it('throws a Failure, which a person can read', async () => {
    await expect(keychainVault('long').write('entry', 'x'.repeat(3000))).rejects.toBeInstanceOf(
      Failure,
    )
  })
})
