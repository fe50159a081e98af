/** Media types by extension: what previews serve and the editor opens. */
const types: Record<string, string> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
  mjs: 'text/javascript',
  cjs: 'text/javascript',
  ts: 'text/typescript',
  mts: 'text/typescript',
  cts: 'text/typescript',
  tsx: 'text/tsx',
  jsx: 'text/jsx',
  json: 'application/json',
  map: 'application/json',
  md: 'text/markdown',
  markdown: 'text/markdown',
  txt: 'text/plain',
  csv: 'text/csv',
  xml: 'application/xml',
  yaml: 'text/yaml',
  yml: 'text/yaml',
  toml: 'text/toml',
  sql: 'text/sql',
  sh: 'text/x-shellscript',
  py: 'text/x-python',
  rs: 'text/x-rust',
  go: 'text/x-go',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  ico: 'image/x-icon',
  woff: 'font/woff',
  woff2: 'font/woff2',
  ttf: 'font/ttf',
  otf: 'font/otf',
  pdf: 'application/pdf',
  wasm: 'application/wasm',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mp3: 'audio/mpeg',
}

const names: Record<string, string> = {
  license: 'text/plain',
  licence: 'text/plain',
  readme: 'text/plain',
  notice: 'text/plain',
  dockerfile: 'text/plain',
  makefile: 'text/plain',
}

export const unknownType = 'application/octet-stream'

export const mediaTypeOf = (path: string): string => {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const dot = name.lastIndexOf('.')
  return (dot >= 0 ? types[name.slice(dot + 1)] : names[name]) ?? unknownType
}

export const isText = (mediaType: string): boolean =>
  mediaType.startsWith('text/') ||
  ['application/json', 'application/xml', 'image/svg+xml'].includes(mediaType)

/** Whether its bytes are worth a look: of most names nobody knows what they are but their authors. */
export const mayBeText = (mediaType: string): boolean =>
  isText(mediaType) ||
  (!/^(image|font|audio|video)\//.test(mediaType) &&
    !['application/pdf', 'application/wasm', 'application/zip'].includes(mediaType))
