import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from './manifest.ts'

/** The master key under a passphrase (scrypt, AES-256-GCM), as lines of base64. */
export const sealKey = ({
  masterKey,
  passphrase,
}: {
  masterKey: string
  passphrase: string
}): string => {
  const [salt, iv] = [randomBytes(16), randomBytes(12)]
  const cipher = createCipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32), iv)
  const sealed = Buffer.concat([cipher.update(masterKey, 'utf8'), cipher.final()])
  return [salt, iv, cipher.getAuthTag(), sealed].map((part) => part.toString('base64')).join('\n')
}

/** @throws Refusal when there is none, it is damaged, or the passphrase is another one */
export const openKey = async (folder: string, passphrase: string): Promise<string> => {
  const text = await readFile(join(folder, 'key.escrow'), 'utf8').catch(() => {
    throw new Refusal('backup.no-key', 'This backup holds no key: it was made without one.')
  })
  const [salt, iv, tag, sealed] = text.split('\n').map((line) => Buffer.from(line, 'base64'))
  if (!salt || !iv || !tag || !sealed || iv.length !== 12 || tag.length !== 16)
    throw new Refusal('backup.damaged', 'The key in this backup is damaged. Take another backup.')
  const decipher = createDecipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32), iv)
  decipher.setAuthTag(tag)
  try {
    return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8')
  } catch {
    throw new Refusal(
      'backup.wrong-passphrase',
      'The passphrase is not the one that the key was put away with.',
    )
  }
}
