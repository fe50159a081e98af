import { z } from 'zod'
import { failureCode } from '../domain/failure.ts'
import { event, nothing, request } from './ipc.ts'

const id = z.string().max(64)

/** What is between us and the server, and asks for somebody. Nothing of a page's is in it. */
const proxyQuestion = z.object({
  kind: z.literal('proxy'),
  id,
  host: z.string(),
  port: z.number().int(),
  /** What the proxy calls itself: anybody can say anything there. */
  realm: z.string(),
  /** Whether a password goes to it as it is, for all on the way to read. */
  isPlain: z.boolean(),
  /** Of whom was refused, or ''. */
  userName: z.string(),
  wasRefused: z.boolean(),
})
export type ProxyQuestion = z.infer<typeof proxyQuestion>

const clientCertificate = z.object({
  fingerprint: z.string(),
  subject: z.string(),
  issuer: z.string(),
  /** ISO time. */
  validUntil: z.string(),
  /** The server has seen it, and did not let it in. */
  wasRefused: z.boolean(),
})

/** A server that lets in whoever has one of the certificates of this computer. */
const certificateQuestion = z.object({
  kind: z.literal('certificate'),
  id,
  host: z.string(),
  certificates: z.array(clientCertificate),
})
export type CertificateQuestion = z.infer<typeof certificateQuestion>

/** Certificates that a server would take are in a token that is locked: a card, a key in a port. */
const tokenQuestion = z.object({
  kind: z.literal('token'),
  id,
  host: z.string(),
  /** What the token calls itself. */
  name: z.string(),
  wasRefused: z.boolean(),
})
export type TokenQuestion = z.infer<typeof tokenQuestion>

const networkQuestion = z.discriminatedUnion('kind', [
  proxyQuestion,
  certificateQuestion,
  tokenQuestion,
])

export const networkState = z.object({
  /** Oldest first; one at a time is put to the person. */
  questions: z.array(networkQuestion),
  /** Why the server is not to be had, where only the person can do something about it. */
  trouble: failureCode.nullable(),
  /** Whom a certificate is shown without a question, as ‘host:port’. */
  certificateHosts: z.array(z.string()),
})
export type NetworkState = z.infer<typeof networkState>

/** Nobody asks, and nothing is in the way. */
export const openWay: NetworkState = { questions: [], trouble: null, certificateHosts: [] }

export const proxyAnswer = z.object({
  id,
  userName: z.string().min(1).max(200),
  password: z.string().max(1_000),
  /** In this computer's keychain. */
  remember: z.boolean(),
})
export const certificateAnswer = z.object({
  id,
  fingerprint: z.string().max(200),
  /** Whenever that server asks, from now on. */
  remember: z.boolean(),
})
export const tokenAnswer = z.object({ id, password: z.string().min(1).max(200) })
export const declined = z.object({ id })
export const certificateHost = z.object({ host: z.string().max(300) })

export const networkRequests = {
  'network.state': request(nothing, networkState),
  'network.signInToProxy': request(proxyAnswer, nothing),
  'network.showCertificate': request(certificateAnswer, nothing),
  'network.unlockToken': request(tokenAnswer, nothing),
  'network.decline': request(declined, nothing),
  /** From the next start on that server asks again. */
  'network.forgetCertificate': request(certificateHost, nothing),
}

export const networkEvents = {
  'network.changed': event(networkState),
}
