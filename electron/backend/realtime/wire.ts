import { z } from 'zod'
import { parsedJson } from '../../../src/domain/parsed-json.ts'

/** Phoenix channels as realtime-js speaks them: version 1 in objects; version 2 in arrays, its broadcasts in binary. */
export type Version = '1.0.0' | '2.0.0'

const reference = z.string().max(64).nullish()
const topic = z.string().max(256)
const event = z.string().max(256)
const array = z.tuple([reference, reference, topic, event, z.unknown()])
const object = z.object({ join_ref: reference, ref: reference, topic, event, payload: z.unknown() })

export type Message = {
  joinRef: string | null
  ref: string | null
  topic: string
  event: string
  payload: unknown
}

const decodeText = (text: string, version: Version): Message | null => {
  const value = parsedJson(text)
  if (version === '1.0.0') {
    const { data } = object.safeParse(value)
    if (!data) return null
    return { ...data, joinRef: data.join_ref ?? null, ref: data.ref ?? null }
  }
  const { data } = array.safeParse(value)
  if (!data) return null
  const [joinRef = null, ref = null, ...rest] = data
  return { joinRef, ref, topic: rest[0], event: rest[1], payload: rest[2] }
}

const clientBroadcast = 3
const json = 1
const headerBytes = 7

/** What a client broadcasts: kind, five lengths, encoding, then join reference, reference, topic, event, metadata, payload. */
const decodeBinary = (data: Buffer): Message | null => {
  if (data.length < headerBytes || data[0] !== clientBroadcast || data[6] !== json) return null
  let at = headerBytes
  const [joinRef = '', ref = '', name = '', sent = ''] = [...data.subarray(1, 6)].map((length) => {
    at += length
    return data.toString('utf8', at - length, at)
  })
  const payload = parsedJson(data.toString('utf8', at))
  if (payload === null) return null
  return {
    joinRef: joinRef || null,
    ref: ref || null,
    topic: name,
    event: 'broadcast',
    payload: { type: 'broadcast', event: sent, payload },
  }
}

/** Null for what is no message. */
export const decode = (data: Buffer, isBinary: boolean, version: Version): Message | null =>
  isBinary ? decodeBinary(data) : decodeText(data.toString('utf8'), version)

export const encode = (
  { joinRef, ref, topic, event, payload }: Message,
  version: Version,
): string =>
  JSON.stringify(
    version === '1.0.0'
      ? { join_ref: joinRef, ref, topic, event, payload }
      : [joinRef, ref, topic, event, payload],
  )
