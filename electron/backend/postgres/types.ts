/** Values as PostgREST prints them, where the driver's own parsers do not. Keys are PostgreSQL type ids. */
const isoTimestamp = (text: string): string =>
  text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')

export const postgresTypes = {
  timestamptz: {
    to: 1184,
    from: [1184],
    serialize: (value: unknown) => value,
    parse: isoTimestamp,
  },
  timestamp: {
    to: 1114,
    from: [1114],
    serialize: (value: unknown) => value,
    parse: (text: string) => text.replace(' ', 'T'),
  },
  numeric: {
    to: 1700,
    from: [1700],
    serialize: String,
    parse: (text: string) => (Number.isFinite(Number(text)) ? Number(text) : text),
  },
  bytea: {
    to: 17,
    from: [17],
    serialize: (value: unknown) =>
      value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value,
    parse: (text: string) => text,
  },
}
