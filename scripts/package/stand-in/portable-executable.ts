import { NtExecutable, NtExecutableResource, Resource } from 'resedit'
import { fuseWire } from './fuses.ts'

const unicode = 1200
const englishUnitedStates = 1033

/** A program of Windows that has all that is rewritten while packing, and no code. */
export const executable = (): Buffer => {
  const program = NtExecutable.createEmpty(false, false)
  const resources = NtExecutableResource.from(program, true)
  const strings = { lang: englishUnitedStates, codepage: unicode }
  const version = Resource.VersionInfo.createEmpty()
  version.lang = englishUnitedStates
  version.setFileVersion('0.0.0.0', englishUnitedStates)
  version.setStringValues(strings, { FileDescription: 'Electron', ProductName: 'Electron' })
  version.outputToResourceEntries(resources.entries)
  resources.outputResource(program)
  program.setExtraData(fuseWire)
  return Buffer.from(program.generate())
}
