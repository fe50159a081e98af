import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { load } from 'js-yaml'
import { z } from 'zod'
import { root } from '../run.ts'

/** electron-builder's word for each. What it has no word for keeps the state that Electron ships it with. */
const options = {
  runAsNode: FuseV1Options.RunAsNode,
  enableCookieEncryption: FuseV1Options.EnableCookieEncryption,
  enableNodeOptionsEnvironmentVariable: FuseV1Options.EnableNodeOptionsEnvironmentVariable,
  enableNodeCliInspectArguments: FuseV1Options.EnableNodeCliInspectArguments,
  enableEmbeddedAsarIntegrityValidation: FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
  onlyLoadAppFromAsar: FuseV1Options.OnlyLoadAppFromAsar,
  loadBrowserProcessSpecificV8Snapshot: FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
  grantFileProtocolExtraPrivileges: FuseV1Options.GrantFileProtocolExtraPrivileges,
} as const
type FuseName = keyof typeof options

const fuses = z.strictObject({
  runAsNode: z.boolean(),
  enableCookieEncryption: z.boolean(),
  enableNodeOptionsEnvironmentVariable: z.boolean(),
  enableNodeCliInspectArguments: z.boolean(),
  enableEmbeddedAsarIntegrityValidation: z.boolean(),
  onlyLoadAppFromAsar: z.boolean(),
  loadBrowserProcessSpecificV8Snapshot: z.boolean(),
  grantFileProtocolExtraPrivileges: z.boolean(),
}) satisfies z.ZodType<Record<FuseName, boolean>>
const configuration = z.looseObject({ electronFuses: fuses })

/** The bytes of the wire; @electron/fuses has them, and does not give them away. */
const states: Record<number, string> = { 48: 'off', 49: 'on', 114: 'removed', 144: 'inherited' }

const names = Object.keys(options) as FuseName[]

/** What electron-builder.yml says of each. */
export const wantedFuses = async (): Promise<Record<FuseName, boolean>> =>
  configuration.parse(load(await readFile(join(root, 'electron-builder.yml'), 'utf8')))
    .electronFuses

/** Read back from the program (on macOS, the application's folder): the flip of a fuse that failed is one that is open. */
export const wrongFuses = async (program: string): Promise<string[]> => {
  const wire = await getCurrentFuseWire(program)
  const wanted = await wantedFuses()
  return names.flatMap((name) => {
    const state = states[Number(wire[options[name]])] ?? 'absent'
    const expected = wanted[name] ? 'on' : 'off'
    return state === expected ? [] : [`The fuse ${name} is ${state}, not ${expected}.`]
  })
}
