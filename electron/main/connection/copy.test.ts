import { expect, it, vi } from 'vitest'
import { Failure } from '../../../src/domain/failure.ts'
import { Connection } from './connection.ts'

const open = (hasDatabase: boolean, stop: (copy?: boolean) => Promise<void>) => {
  const startEmbedded = vi.fn(() => ({
    onMessage: () => {},
    onExit: () => {},
    supplyMasterKey: () => {},
    ping: () => {},
    allowCallback: () => {},
    stop,
  }))
  const connection = new Connection({
    startEmbedded,
    hasDatabase: () => hasDatabase,
    masterKey: async () => null,
    fetch,
    isKnown: () => true,
    changed: () => {},
    mail: () => {},
  })
  return { connection, startEmbedded }
}

it('a database on this computer that does not run is started for its copy alone', async () => {
  const stop = vi.fn(async () => {})
  const { connection, startEmbedded } = open(true, stop)
  await connection.close(true)
  expect(startEmbedded).toHaveBeenCalledTimes(1)
  expect(stop).toHaveBeenCalledWith(true)
  await connection.close()
  expect(startEmbedded).toHaveBeenCalledTimes(1)
})

it('where that comes to nothing there is no copy, and that is said', async () => {
  const refused = new Failure('update.no-copy', 'Not copied.')
  const { connection } = open(true, () => Promise.reject(refused))
  await expect(connection.close(true)).rejects.toBe(refused)
})

it('where there is no database nothing is started', async () => {
  const { connection, startEmbedded } = open(false, async () => {})
  await connection.close(true)
  expect(startEmbedded).not.toHaveBeenCalled()
})
