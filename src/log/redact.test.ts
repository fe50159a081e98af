import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redactor } from './redact.ts'

const data = '/home/ada/.config/Atelier'
const redact = redactor([
  { path: data, name: '<data>' },
  { path: '/opt/Atelier/resources/app.asar', name: '<app>' },
])
const onWindows = redactor([{ path: 'C:\\Users\\Ada\\AppData\\Local\\Atelier', name: '<data>' }])

const letters = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength })
const base64url = letters(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  12,
  90,
)
/** What a message says around it: anything but the letters that a token is made of. */
const before = fc
  .tuple(fc.string({ maxLength: 40 }), fc.constantFrom(' ', ': ', '"', "'", '=', '(', '\n'))
  .map((parts) => parts.join(''))
const after = fc
  .tuple(fc.constantFrom('', ' ', '"', "'", ')', '\n', ', '), fc.string({ maxLength: 40 }))
  .map((parts) => parts.join(''))

/** The secret, wherever it stands, is nowhere in what comes out. */
const hides = (
  secret: fc.Arbitrary<string>,
  written: (secret: string) => string = (text) => text,
): void =>
  fc.assert(
    fc.property(before, secret, after, (one, hiddenText, two) => {
      // Both may be a word that fast-check likes: then it was said beside the secret, and nobody could tell.
      fc.pre(!one.includes(hiddenText) && !two.includes(hiddenText))
      expect(redact(`${one}${written(hiddenText)}${two}`)).not.toContain(hiddenText)
    }),
    { numRuns: 200 },
  )

describe('nobody but the person sees', () => {
  const jwt = fc.tuple(base64url, base64url, base64url).map(([a, b, c]) => `eyJ${a}.eyJ${b}.${c}`)
  test('a JSON Web Token, in any place', () => {
    hides(jwt)
    hides(jwt, (token) => `Authorization: Bearer ${token}`)
    hides(jwt, (token) => `https://abc.supabase.co/storage/v1/object/sign/a/b.png?token=${token}`)
    hides(jwt, (token) => JSON.stringify({ access_token: token, token_type: 'bearer' }))
  })
  test('a key or a token under its name', () => {
    for (const name of [
      ...[
        'apikey',
        'api_key',
        'X-Api-Key',
        'refresh_token',
        'provider_token',
        'password',
        'secret',
      ],
      ...['code_verifier', 'service_role', 'client-secret', 'token', 'otp', 'signature'],
    ]) {
      hides(base64url, (value) => `${name}=${value}`)
      hides(base64url, (value) => `${name}: ${value}`)
      hides(base64url, (value) => JSON.stringify({ [name]: value, other: 1 }))
      hides(base64url, (value) => `${name}: '${value}'`)
    }
  })
  test('a token in JSON that is a text in JSON, however often', () => {
    const nested = (value: string, depth: number): string =>
      depth === 0 ? value : JSON.stringify({ body: nested(value, depth - 1) })
    for (const depth of [1, 2, 3])
      hides(base64url, (value) =>
        nested(JSON.stringify({ refresh_token: value, expires_in: 3600 }), depth),
      )
    expect(
      redact(nested(JSON.stringify({ password: 'a "quoted" word', email_sent: true, x: 1 }), 1)),
    ).toBe('{"body":"{\\"password\\":<hidden>,\\"email_sent\\":true,\\"x\\":1}"}')
    expect(redact(String.raw`{\"otp\":123456,\"x\":1}`)).toBe(
      String.raw`{\"otp\":<hidden>,\"x\":1}`,
    )
  })
  test('what a sign-in is finished with, and no failure’s code', () => {
    const code = fc.uuid()
    hides(code, (value) => `code=${value}`)
    hides(code, (value) => JSON.stringify({ code: value }))
    hides(code, (value) => JSON.stringify(JSON.stringify({ code: value })))
    hides(base64url, (value) => JSON.stringify({ auth_code: value }))
    hides(base64url, (value) => `authorization code: ${value}`)
    hides(base64url, (value) => `flow=1&code=${value}`)
    for (const text of ['{"code":"EIO"}', 'code: server.conflict']) expect(redact(text)).toBe(text)
  })
  test('a password with anything in it, where it is a value in JSON', () => {
    hides(
      fc
        .string({ minLength: 6, maxLength: 30 })
        .filter(
          (text) =>
            JSON.stringify(text).slice(1, -1) === text &&
            !/^[ -/:-@]*$/.test(text) &&
            !'<hidden>","password":"'.includes(text),
        ),
      (value) => JSON.stringify({ password: value }),
    )
  })
  test('a key by its form', () => {
    for (const form of ['sb_secret_', 'sb_publishable_', 'sbp_', 'ghp_', 'github_pat_'])
      hides(base64url.map((rest) => `${form}${rest}`))
    hides(letters('0123456789abcdef', 64, 64).filter((text) => /\d/.test(text)))
    hides(
      letters('ABCDEFghijkl0123456789+/', 43, 43)
        .filter((text) => /\d/.test(text))
        .map((text) => `${text}=`),
    )
  })
  test('a cookie, to the end of its line', () => {
    hides(base64url, (value) => `Cookie: first=1; sid=${value}; other=2`)
    hides(base64url, (value) => `set-cookie: sb-auth=${value}; Path=/; HttpOnly`)
  })
  test('what an address asks for, and who', () => {
    const word = letters('abcdefghijklmnopqrstuvwxyz0123456789', 8, 20)
    for (const scheme of ['https', 'http', 'atelier', 'postgres', 'wss', 'artifact']) {
      hides(word, (value) => `${scheme}://host.example/path?code=${value}&state=x`)
      hides(word, (value) => `${scheme}://host.example/path#access=${value}`)
      hides(word, (value) => `${scheme}://person:${value}@host.example/path`)
    }
    expect(redact('GET https://abc.supabase.co/rest/v1/files?select=* failed')).toBe(
      'GET https://abc.supabase.co/rest/v1/files failed',
    )
  })
  test('the name of an object in a bucket', () => {
    expect(redact('PUT https://h.example/storage/v1/object/artifacts/a/plan%20b.txt 413')).toBe(
      'PUT https://h.example/storage/v1/object/<path> 413',
    )
    expect(redact('PUT /storage/v1/object/artifacts/a/plan.txt')).toBe(
      'PUT /storage/v1/object/<path>',
    )
  })
  test('an e-mail address', () => {
    const label = letters('abcdefghijklmnopqrstuvwxyzé0123456789', 4, 20)
    fc.assert(
      fc.property(before, label, label, after, (one, name, host, two) => {
        const said = redact(`${one}${name}.surname@${host}.example${two}`)
        expect(said).not.toContain(`${name}.surname@`)
        expect(said).not.toContain(`@${host}.example`)
      }),
    )
    expect(redact('mail=ada%40atelier.example')).not.toContain('ada')
  })
  test('a place on the disk that is not the application’s', () => {
    const name = fc
      .string({ minLength: 4, maxLength: 30 })
      .filter(
        (text) =>
          /^[^\n\r'"`/\\\u2028\u2029]*$/.test(text) &&
          /^[\p{L}\p{N}]{3}/u.test(text) &&
          !'<path>'.includes(text),
      )
      .map((text) => `${text}§`)
    const written = [
      (path: string) => `ENOENT: no such file or directory, open '/home/ada/${path}'`,
      (path: string) => `EACCES: permission denied, rename '/srv/${path}' -> '/srv/other'`,
      (path: string) => `The folder /home/ada/${path} belongs to another user of this computer.`,
      (path: string) => `The folder "C:\\Users\\Ada\\${path}" is not there`,
      (path: string) => `EBUSY: D:\\${path}`,
      (path: string) => `EBUSY: \\\\server\\share\\${path}`,
      (path: string) => `~/${path}`,
      (path: string) => `at open (/home/ada/${path})`,
    ]
    fc.assert(
      fc.property(name, fc.constantFrom(...written), (path, write) => {
        expect(redact(write(path))).not.toContain(path)
      }),
      { numRuns: 1_000 },
    )
    expect(redact(`open '/home/ada/ada's plan.txt'`)).toBe("open '<path>'")
    expect(redact('file:///home/ada/plan.txt')).toBe('<path>')
  })
  test('what was in a file or in a row', () => {
    expect(redact(`Unexpected token 'h', "hunter two" is not valid JSON`)).not.toContain('hunter')
    expect(redact('Key (name)=(Secret plan) already exists.')).toBe(
      'Key (name)=(<value>) already exists.',
    )
    expect(redact('Failing row contains (1, Secret plan, x).')).not.toContain('Secret')
    expect(redact('-----BEGIN PRIVATE KEY-----\nMIIabc\ndef')).toBe('<key>')
  })
})

describe('what helps stays', () => {
  test('places in the application’s own folders, under their names', () => {
    expect(redact(`open '${data}/accounts/1/cache.sqlite'`)).toBe(
      "open '<data>/accounts/1/cache.sqlite'",
    )
    expect(redact('    at f (file:///opt/Atelier/resources/app.asar/out/main/index.js:1:2)')).toBe(
      '    at f (<app>/out/main/index.js:1:2)',
    )
    expect(onWindows('EPERM: C:\\Users\\ada\\AppData\\Local\\Atelier\\logs')).toBe(
      'EPERM: <data>\\logs',
    )
    // A neighbour of the same beginning is none of ours.
    expect(redact(`open '${data}2/plan.txt'`)).toBe("open '<path>")
  })
  test('where in a program it was, whoever’s', () => {
    expect(
      redact('    at run (/usr/lib/node_modules/x/y.js:10:5)\n    at node:internal/x:1:2'),
    ).toBe('    at run (<path>:10:5)\n    at node:internal/x:1:2')
  })
  test('ids, codes, and words', () => {
    const id = '3f2b8f0e-5b1c-4a57-9c35-0d6fd2b9a111'
    for (const text of [
      `The file ${id} could not be sent (server.conflict).`,
      'ECONNREFUSED 127.0.0.1:5432',
      'GET /rest/v1/files and/or application/json 50 % of 3/4',
      'The backend ended with 1.',
    ])
      expect(redact(text)).toBe(text)
  })
})

test('what was redacted stays as it is', () => {
  const pieces = fc.constantFrom(
    ...[
      "'",
      '"',
      ' ',
      '\n',
      '/home/ada/x',
      'token=abc',
      '?a=b',
      'https://u:p@h/x?y',
      'a@b.c',
      '(',
      ')',
    ],
    ...[
      'eyJhbGciOi.eyJ.abc',
      'Cookie: x',
      'Bearer abcdefgh',
      ':1:2',
      '<path>',
      data,
      'C:\\x',
      'is not valid JSON',
    ],
  )
  fc.assert(
    fc.property(
      fc.array(fc.oneof(pieces, fc.string({ maxLength: 12 })), { maxLength: 12 }),
      (all) => {
        const once = redact(all.join(''))
        expect(redact(once)).toBe(once)
      },
    ),
    { numRuns: 3_000 },
  )
})

test('a text of any kind takes no time to speak of', () => {
  const pieces = [
    'a',
    '/',
    "'/",
    'token',
    '("',
    'https://',
    '?a=',
    '-----BEGIN A-----',
    'a.',
    'a:/',
  ]
  for (const piece of pieces)
    for (const length of [15_000, 200_000]) {
      const began = performance.now()
      redact(piece.repeat(length / piece.length))
      expect(performance.now() - began, piece).toBeLessThan(2_000)
    }
})
