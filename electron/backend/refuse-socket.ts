import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** Answers who asked for a socket and gets none, and does not wait for them to hang up. */
export const refuseSocket = (socket: Duplex, status: number): void => {
  socket.once('finish', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
  )
}
