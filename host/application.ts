import { basename, join, resolve } from 'node:path'

/** The folder of the application: of the checkout it was built in, or of an archive that it was packed in. */
export const applicationFolder =
  process.env.ATELIER_HOST_APPLICATION ?? resolve(import.meta.dirname, '..')
const isInArchive = basename(applicationFolder) === 'app.asar'
/** A spec may play an installed one without a package. */
export const isPackaged = isInArchive || process.env.ATELIER_HOST_PACKAGED === '1'
if (isInArchive) Object.assign(process, { resourcesPath: join(applicationFolder, '..') })
