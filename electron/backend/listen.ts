import { once } from 'node:events'
import type { createAdaptorServer } from '@hono/node-server'

/** On this computer alone; answers the port, which for 0 is the system's choice. */
export const listen = async (
  server: ReturnType<typeof createAdaptorServer>,
  port: number,
): Promise<number> => {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  return address.port
}
