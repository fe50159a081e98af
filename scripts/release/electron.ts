import { dirname, join } from 'node:path'
import { electronBinary } from '../electron-binary.ts'
import { root, run } from '../run.ts'

/** Electron's binary, which no `npm ci` brings. @throws where it is not to be had: without it every spec would be skipped */
export const bringElectron = async (): Promise<string> => {
  const code = await run('node', [join(root, 'node_modules/electron/install.js')])
  const binary = electronBinary()
  if (code !== 0 || !binary)
    throw new Error("Electron's binary could not be fetched; the lines above say why.")
  return binary
}

/**
 * What lets Electron's own helper make the sandbox, as root: Ubuntu 24.04 restricts the user namespaces that would do
 * without, and Electron out of node_modules aborts there. The owner first: a change of it takes the bit away.
 */
export const sandboxCommands = (binary: string): string[][] => {
  const helper = join(dirname(binary), 'chrome-sandbox')
  return [
    ['chown', 'root:root', helper],
    ['chmod', '4755', helper],
  ]
}
