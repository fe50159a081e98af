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
    mac: z.looseObject({ extendInfo: z.record(z.string(), z.string()) }),
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
