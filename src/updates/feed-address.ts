/**
 * Where updates may be had: what says an update is right comes from the feed itself, and over plain HTTP anybody between
 * could say it. This computer by its number alone: whom a name leads to is somebody else's to say.
 */
export const isFeedAddress = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1')
}
