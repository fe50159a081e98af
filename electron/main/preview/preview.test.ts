import { Readable } from 'node:stream'
import { i18n } from '@lingui/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { messages as de } from '../../../locales/de.po'
import { Failure } from '../../../src/domain/failure.ts'
import { type PreviewSource, previewResponse, withoutScripts } from './preview.ts'

beforeAll(() => i18n.load({ de }))

const id = '0198c1de-0000-7000-8000-000000000001'
const files: Record<string, string> = {
  'index.html': '<h1>Hi</h1>',
  'a b/é.js': 'export {}',
  'movie.mp4': '0123456789',
  'evil.txt': '<script>1</script>',
  'empty.css': '',
  'empty.html': '',
  'sjis.html': '<!doctype html><meta charset="shift_jis"><h1>x</h1>',
  'cp1251.html':
    '<!doctype html><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><h1>x</h1>',
  'commented.html': '<!-- <meta charset="shift_jis"> --><h1>x</h1>',
  'late.html': `${' '.repeat(1100)}<meta charset="shift_jis">`,
  'latin1.svg': '<?xml version="1.0" encoding="iso-8859-1"?><svg/>',
  'latin1.css': '@charset "iso-8859-1";',
}
const useless = `<svg>${'<use href="#a"/>'.repeat(60)}</svg>`
Object.assign(files, { 'bomb.svg': useless, 'mark.svg': '<svg><path d="M0 0"/></svg>' })
const source: PreviewSource = {
  find: async (_artifact, path) => {
    if (path === 'absent.png') throw new Failure('file.not-cached', 'offline')
    if (path === 'broken.png') throw new Failure('server.unavailable', 'down')
    const text = files[path]
    if (text === undefined) return null
    const stream = (start: number, end: number): Readable =>
      Readable.from([Buffer.from(text.slice(start, end + 1))])
    return { sha256: path, size: text.length, path, stream }
  },
}
const get = (path: string, init?: RequestInit, host = id) =>
  previewResponse(new Request(`artifact://${host}/${path}`, init), source)

describe('artifact://', () => {
  it('serves the index of a folder, with its type, on an origin that reaches nothing else', async () => {
    const answer = await get('')
    expect([answer.status, await answer.text()]).toEqual([200, '<h1>Hi</h1>'])
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const policy = answer.headers.get('content-security-policy')!
    expect(policy).toContain('sandbox allow-scripts;')
    expect(policy).not.toContain('allow-same-origin')
    expect(policy).toContain("default-src 'none'")
    for (const source of policy.matchAll(/(?:https?|wss?|\*)[^\s;]*/g)) throw new Error(source[0])
  })
  it('runs nothing where nothing would hold it', async () => {
    const answer = await withoutScripts((request) => previewResponse(request, source))(
      new Request(`artifact://${id}/`),
    )
    expect([answer.status, await answer.text()]).toEqual([200, '<h1>Hi</h1>'])
    const directives = answer.headers.get('content-security-policy')!.split('; ')
    expect(directives.filter((one) => /^(sandbox|script|worker)/.test(one))).toEqual([
      'sandbox',
      "script-src 'none'",
      "worker-src 'none'",
    ])
    expect(directives).toContain("default-src 'none'")
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  })
  it('takes modules and fonts of its own from an opaque origin', async () => {
    const answer = await get('a%20b/%C3%A9.js', { headers: { origin: 'null' } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('content-type')).toBe('text/javascript')
  })
  it('gives the window no drawing that would hold it, and a page of its own any', async () => {
    const of = (path: string, place: 'page' | 'picture') =>
      previewResponse(new Request(`artifact://${id}/${path}`), source, place)
    const bomb = await of('bomb.svg', 'picture')
    expect([bomb.status, await bomb.text()]).toEqual([422, expect.not.stringContaining('<use')])
    expect(await (await of('bomb.svg', 'page')).text()).toBe(useless)
    for (const path of ['mark.svg', 'latin1.svg', 'movie.mp4'])
      expect([path, (await of(path, 'picture')).status]).toEqual([path, 200])
  })
  it('never turns text into a page', async () => {
    expect((await get('evil.txt')).headers.get('content-type')).toBe('text/plain; charset=utf-8')
  })
  it.each([
    ['sjis.html', 'text/html'],
    ['cp1251.html', 'text/html'],
    ['commented.html', 'text/html; charset=utf-8'],
    ['late.html', 'text/html; charset=utf-8'],
    ['empty.html', 'text/html; charset=utf-8'],
    ['latin1.svg', 'image/svg+xml'],
    ['latin1.css', 'text/css'],
  ])('believes what %s says of its encoding', async (path, type) => {
    expect((await get(path)).headers.get('content-type')).toBe(type)
  })
  it.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=4-99', 206, '456789', 'bytes 4-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=5-2', 416, '', 'bytes */10'],
    ['bytes=0-1,4-5', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
  ])('range %s', async (range, status, body, contentRange) => {
    const answer = await get('movie.mp4', { headers: { range } })
    expect([answer.status, await answer.text(), answer.headers.get('content-range')]).toEqual([
      status,
      body,
      contentRange,
    ])
  })
  it('answers HEAD without a body, and an empty file with an empty one', async () => {
    const head = await get('movie.mp4', { method: 'HEAD' })
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['10', ''])
    const empty = await get('empty.css')
    expect([empty.status, empty.headers.get('content-length'), await empty.text()]).toEqual([
      200,
      '0',
      '',
    ])
  })
  it.each([
    ['no artifact', 'x', {}, 'nobody', 404],
    ['a write', 'index.html', { method: 'POST' }, id, 404],
    ['broken escapes', '%E0%A4%A', {}, id, 400],
    ['a stranger', 'nothing.js', {}, id, 404],
    ['bytes not here while offline', 'absent.png', {}, id, 404],
    ['a server that fails', 'broken.png', {}, id, 502],
  ] as const)('tells %s in a page of its own', async (_name, path, init, host, status) => {
    const answer = await get(path, init, host)
    expect(answer.status).toBe(status)
    expect(await answer.text()).toContain('<h1>')
    expect(answer.headers.get('content-security-policy')).toContain('sandbox')
  })
})

it('speaks the language that is spoken', async () => {
  i18n.activate('de')
  const text = await (await get('nothing.js')).text()
  i18n.activate('en')
  expect(text).toContain('<html lang="de">')
  expect(text).toContain('<h1>Nicht in diesem Artefakt</h1>')
})
