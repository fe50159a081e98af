import { createHmac } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { refusals } from './errors.ts'

const ticketSchema = z.object({
  purpose: z.enum(['download', 'upload']),
  url: z.string(),
  owner: z.string().nullish(),
  upsert: z.boolean().optional(),
})
export type Ticket = z.infer<typeof ticketSchema>

export type SignedUrls = {
  /** @param seconds how long the ticket is good for */
  sign(ticket: Ticket, seconds: number): Promise<string>
  /** @throws StorageError InvalidJWT when forged, expired, or made for another object or purpose */
  verify(token: string | null, purpose: Ticket['purpose'], url: string): Promise<Ticket>
}

export const createSignedUrls = (jwtSecret: string): SignedUrls => {
  // Its own key: a ticket must never pass for an access token, nor the other way round.
  const key = createHmac('sha256', jwtSecret).update('atelier storage signed urls').digest()
  return {
    sign: (ticket, seconds) =>
      new SignJWT(ticket)
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .sign(key),

    async verify(token, purpose, url) {
      const verified = await jwtVerify(token ?? '', key, { algorithms: ['HS256'] }).catch(
        (error: unknown) => {
          throw refusals.invalidSignature(error instanceof Error ? error.message : 'invalid token')
        },
      )
      const ticket = ticketSchema.safeParse(verified.payload)
      if (!ticket.success || ticket.data.purpose !== purpose || ticket.data.url !== url) {
        throw refusals.invalidSignature('The url in the token does not match')
      }
      return ticket.data
    },
  }
}
