import { join } from 'node:path'
import type { System } from './target.ts'

/** Where the parts of an application lie in the folder that electron-builder packs it into. */
export const partsOf = (folder: string, system: System) => {
  const program = {
    linux: join(folder, 'atelier'),
    darwin: join(folder, 'Atelier.app'),
    win32: join(folder, 'Atelier.exe'),
  }[system]
  const resources =
    system === 'darwin' ? join(program, 'Contents/Resources') : join(folder, 'resources')
  const archive = join(resources, 'app.asar')
  return { program, resources, archive, modules: join(`${archive}.unpacked`, 'node_modules') }
}
