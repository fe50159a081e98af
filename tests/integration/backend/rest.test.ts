import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Library, openLibraries } from './library.ts'

/*
 * What supabase-js asks of PostgREST, and the answers that PostgREST documents (docs.postgrest.org,
 * "Tables and Views", "Resource Embedding", "Functions", "Pagination and Count", "Errors"; the hosted
 * API's own differences from supabase.com/docs/guides/api). Each line is one request and its answer.
 */

let libraries: Awaited<ReturnType<typeof openLibraries>>
let library: Library
beforeAll(async () => {
  libraries = await openLibraries()
  library = await libraries.open('rest')
})
afterAll(() => libraries.close())

type Check = [name: string, ask: () => PromiseLike<unknown>, answer: unknown]

const books = () => library.ada.from('books')
const authors = () => library.ada.from('authors')
const titles = (...names: string[]) => ({ status: 200, data: names.map((title) => ({ title })) })
const refused = (status: number, code: string) => ({ status, data: null, error: { code } })
const rows = (...ids: number[]) => ({ status: 200, data: ids.map((id) => ({ id })) })

const tokenOf = (secret: string, expires: string | number) =>
  new SignJWT({ role: 'authenticated', sub: '8f0d2a52-5a53-4d29-9d5b-1a0a6c6f7d11' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret))

/** A request without supabase-js, for what it does not let one say. */
const raw = async (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) => {
  const { publishableKey, url } = library.backend
  const response = await fetch(`${url}/rest/v1/${path}`, {
    ...init,
    headers: { apikey: publishableKey, ...headers },
  })
  const text = await response.text()
  const body: unknown = response.headers.get('content-type')?.includes('json')
    ? JSON.parse(text)
    : text
  return {
    status: response.status,
    body,
    range: response.headers.get('content-range'),
    type: response.headers.get('content-type')?.split(';')[0],
  }
}
const asAda = () => ({ authorization: `Bearer ${library.token('ada')}` })

const reading: Check[] = [
  [
    'all columns',
    () => authors().select().eq('id', 2),
    { status: 200, data: [{ id: 2, name: 'Italo Calvino', country: 'IT', mentor_id: null }] },
  ],
  [
    'some columns',
    () => authors().select('name').eq('id', 2),
    { status: 200, data: [{ name: 'Italo Calvino' }] },
  ],
  [
    'a renamed column',
    () => authors().select('called:name').eq('id', 2),
    { data: [{ called: 'Italo Calvino' }] },
  ],
  ['a cast', () => books().select('pages::text').eq('id', 4), { data: [{ pages: '88' }] }],
  [
    'a member of JSON',
    () => books().select('details->language').eq('id', 4),
    { data: [{ language: 'pt' }] },
  ],
  [
    'a member of JSON as text, renamed',
    () => books().select('in:details->>language').eq('id', 4),
    { data: [{ in: 'pt' }] },
  ],
  [
    'an element of a JSON array',
    () => books().select('award:details->awards->0->>name').eq('id', 1),
    { data: [{ award: 'Hugo' }] },
  ],
  ['an empty answer', () => books().select('id').eq('id', 999), { status: 200, data: [] }],
  [
    'a timestamp in ISO 8601',
    () => books().select('published').eq('id', 1),
    { data: [{ published: '1974-05-01T12:00:00+00:00' }] },
  ],
  [
    'a timestamp with fractions',
    () => books().select('published').eq('id', 2),
    { data: [{ published: '1972-11-01T00:00:00.5+00:00' }] },
  ],
  ['a numeric as a number', () => books().select('price').eq('id', 1), { data: [{ price: 12.5 }] }],
  [
    'bytea in hexadecimal',
    () => books().select('cover').eq('id', 1),
    { data: [{ cover: '\\x0102' }] },
  ],
  ['an array', () => books().select('tags').eq('id', 4), { data: [{ tags: ['prose'] }] }],
  [
    'letters of every kind',
    () => books().select('title').eq('title', 'Água Viva'),
    titles('Água Viva'),
  ],
]

const filters: Check[] = [
  ['eq', () => books().select('id').eq('pages', 264), rows(3)],
  ['neq', () => books().select('id').neq('pages', 264).order('id'), rows(1, 2, 4, 5)],
  [
    'gt and lt together',
    () => books().select('id').gt('pages', 100).lt('pages', 300).order('id'),
    rows(2, 3),
  ],
  ['gte', () => books().select('id').gte('pages', 304).order('id'), rows(1, 5)],
  ['lte', () => books().select('id').lte('pages', 88), rows(4)],
  ['like', () => books().select('id').like('title', 'The %').order('id'), rows(1, 5)],
  ['like tells cases apart', () => books().select('id').like('title', 'the %'), rows()],
  ['ilike', () => books().select('id').ilike('title', 'the %').order('id'), rows(1, 5)],
  ['in', () => books().select('id').in('id', [1, 3]).order('id'), rows(1, 3)],
  [
    'in with commas and quotes',
    () => books().select('id').in('title', ['Kindred', 'a, "b"']),
    rows(3),
  ],
  ['is null', () => books().select('id').is('published', null).order('id'), rows(3, 4, 5)],
  ['is true', () => books().select('id').is('in_print', true).order('id').limit(1), rows(1)],
  ['not', () => books().select('id').not('published', 'is', null).order('id'), rows(1, 2)],
  ['or', () => books().select('id').or('pages.lt.100,pages.gt.350').order('id'), rows(1, 4)],
  [
    'or with and inside',
    () => books().select('id').or('and(pages.gt.100,pages.lt.200),id.eq.4').order('id'),
    rows(2, 4),
  ],
  ['contains, an array', () => books().select('id').contains('tags', ['novel', 'time']), rows(3)],
  ['contained by', () => books().select('id').containedBy('tags', ['prose', 'poem']), rows(4)],
  [
    'overlaps',
    () => books().select('id').overlaps('tags', ['time', 'cities']).order('id'),
    rows(2, 3),
  ],
  ['contains, JSON', () => books().select('id').contains('details', { language: 'it' }), rows(2)],
  [
    'a filter on a member of JSON',
    () => books().select('id').eq('details->>language', 'pt'),
    rows(4),
  ],
  [
    'text search, as the web writes it',
    () => books().select('id').textSearch('search', 'darkness -cities', { type: 'websearch' }),
    rows(5),
  ],
  [
    'text search, plain',
    () => books().select('id').textSearch('search', 'invisible cities', { type: 'plain' }),
    rows(2),
  ],
  ['match', () => books().select('id').match({ pages: 88, in_print: true }), rows(4)],
  [
    'filter by name of operator',
    () => books().select('id').filter('id', 'in', '(2,4)').order('id'),
    rows(2, 4),
  ],
]

const pages: Check[] = [
  ['order', () => books().select('id').order('pages'), rows(4, 2, 3, 5, 1)],
  [
    'order, descending',
    () => books().select('id').order('pages', { ascending: false }).limit(2),
    rows(1, 5),
  ],
  [
    'nulls last when ascending',
    () => books().select('id').order('published').order('id').limit(3),
    rows(2, 1, 3),
  ],
  [
    'nulls first',
    () => books().select('id').order('published', { nullsFirst: true }).order('id').limit(1),
    rows(3),
  ],
  ['limit', () => books().select('id').order('id').limit(2), rows(1, 2)],
  ['range', () => books().select('id').order('id').range(1, 2), rows(2, 3)],
  [
    'exact count',
    () => books().select('id', { count: 'exact' }).order('id').limit(1),
    { status: 206, count: 5, data: [{ id: 1 }] },
  ],
  [
    'count of all that came',
    () => books().select('id', { count: 'exact' }),
    { status: 200, count: 5 },
  ],
  [
    'count alone',
    () => books().select('*', { count: 'exact', head: true }),
    { status: 200, count: 5, data: null },
  ],
  [
    'a range past the end',
    () => books().select('id', { count: 'exact' }).range(50, 60),
    refused(416, 'PGRST103'),
  ],
  [
    'Content-Range without a count',
    () => raw('books?select=id&order=id&limit=2', asAda()),
    { status: 200, range: '0-1/*' },
  ],
  [
    'Content-Range with a count',
    () => raw('books?select=id&limit=2', { ...asAda(), prefer: 'count=exact' }),
    { status: 206, range: '0-1/5' },
  ],
  ['Content-Range of nothing', () => raw('books?select=id&id=eq.999', asAda()), { range: '*/*' }],
]

const single: Check[] = [
  [
    'single',
    () => books().select('title').eq('id', 3).single(),
    { status: 200, data: { title: 'Kindred' } },
  ],
  [
    'single of none',
    () => books().select('title').eq('id', 999).single(),
    refused(406, 'PGRST116'),
  ],
  ['single of many', () => books().select('title').single(), refused(406, 'PGRST116')],
  [
    'maybeSingle of none',
    () => books().select('title').eq('id', 999).maybeSingle(),
    { data: null, error: null },
  ],
  [
    'CSV',
    () => authors().select('id,country').eq('id', 4).csv(),
    { status: 200, data: 'id,country\n4,BR' },
  ],
]

const embedding: Check[] = [
  [
    'many to one',
    () => books().select('title, authors(name)').eq('id', 3).single(),
    { data: { title: 'Kindred', authors: { name: 'Octavia E. Butler' } } },
  ],
  [
    'many to one of none',
    () => library.ben.from('books').select('title, authors(name)').eq('id', 6).single(),
    { data: { title: 'Notes for a Draft', authors: null } },
  ],
  [
    'one to many',
    () => authors().select('name, books(title)').eq('id', 2).single(),
    { data: { name: 'Italo Calvino', books: [{ title: 'Invisible Cities' }] } },
  ],
  [
    'one to many of none',
    () => authors().select('name, books(title)').eq('id', 5).single(),
    { data: { name: 'Nobody Yet', books: [] } },
  ],
  [
    'many to many',
    () => books().select('title, shelves(name)').eq('id', 2).single(),
    { data: { title: 'Invisible Cities', shelves: [{ name: 'Window' }] } },
  ],
  [
    'a table with itself',
    () => authors().select('name, mentor:mentor_id(name)').eq('id', 3).single(),
    { data: { name: 'Octavia E. Butler', mentor: { name: 'Ursula K. Le Guin' } } },
  ],
  [
    'renamed',
    () => books().select('by:authors(name)').eq('id', 3).single(),
    { data: { by: { name: 'Octavia E. Butler' } } },
  ],
  [
    'a filter inside',
    () => books().select('id, loans(reader)').eq('id', 1).is('loans.returned_at', null).single(),
    { data: { id: 1, loans: [{ reader: 'Ines' }] } },
  ],
  [
    'inner: the filter inside counts outside',
    () => books().select('id, authors!inner(country)').eq('authors.country', 'BR'),
    { data: [{ id: 4, authors: { country: 'BR' } }] },
  ],
  [
    'order and limit inside',
    () =>
      books()
        .select('id, loans(reader)')
        .eq('id', 1)
        .order('reader', { referencedTable: 'loans' })
        .limit(2, { referencedTable: 'loans' })
        .single(),
    { data: { id: 1, loans: [{ reader: 'Ines' }, { reader: 'Mara' }] } },
  ],
  [
    'two levels',
    () => authors().select('books(title, loans(reader))').eq('id', 2).single(),
    { data: { books: [{ title: 'Invisible Cities', loans: [{ reader: 'Mara' }] }] } },
  ],
  [
    'a count of what is inside',
    () => authors().select('books(count)').eq('id', 1).single(),
    { data: { books: [{ count: 2 }] } },
  ],
  [
    'spread',
    () => books().select('title, ...authors(country)').eq('id', 2).single(),
    { data: { title: 'Invisible Cities', country: 'IT' } },
  ],
  ['no such relation', () => books().select('id, staff_notes(note)'), refused(400, 'PGRST200')],
]

const policies: Check[] = [
  [
    'a row of somebody else is not there',
    () => books().select('id').eq('id', 6),
    { status: 200, data: [] },
  ],
  ['but its owner sees it', () => library.ben.from('books').select('id').eq('id', 6), rows(6)],
  [
    'nobody sees what is open to all',
    () => library.nobody.from('books').select('id').order('id').limit(1),
    rows(1),
  ],
  [
    'the secret key sees everything',
    () => library.service.from('books').select('id').eq('id', 6),
    rows(6),
  ],
  ['no grant, signed in', () => library.ada.from('staff_notes').select(), refused(403, '42501')],
  ['no grant, as nobody', () => library.nobody.from('staff_notes').select(), refused(401, '42501')],
  [
    'a column without a grant',
    () => authors().update({ name: 'Someone' }).eq('id', 5),
    refused(403, '42501'),
  ],
  [
    'a column with one',
    () => authors().update({ country: 'PT' }).eq('id', 5),
    { status: 204, error: null },
  ],
  [
    'adding for somebody else',
    () => books().insert({ title: 'Not mine', owner: '8f0d2a52-5a53-4d29-9d5b-1a0a6c6f7d11' }),
    refused(403, '42501'),
  ],
  [
    'changing what is somebody else’s changes nothing',
    () => library.ben.from('books').update({ pages: 1 }).eq('id', 1).select('id'),
    { status: 200, data: [] },
  ],
  [
    'nor does deleting it',
    () => library.ben.from('books').delete().eq('id', 1).select('id'),
    { status: 200, data: [] },
  ],
  [
    'a schema that is not exposed',
    () => library.ada.schema('private').from('ledger').select(),
    refused(406, 'PGRST106'),
  ],
]

const writing: Check[] = [
  [
    'insert, answered with nothing',
    () => books().insert({ title: 'One' }),
    { status: 201, data: null, error: null },
  ],
  [
    'insert, answered with the row',
    () => books().insert({ title: 'Two', pages: 2 }).select('title, pages, in_print').single(),
    { status: 201, data: { title: 'Two', pages: 2, in_print: true } },
  ],
  [
    'insert of many',
    () =>
      books()
        .insert([
          { title: 'Three', pages: 3 },
          { title: 'Four', pages: 4 },
        ])
        .select('title'),
    { status: 201, data: [{ title: 'Three' }, { title: 'Four' }] },
  ],
  [
    'update, answered with the row',
    () => books().update({ pages: 20 }).eq('title', 'Two').select('pages'),
    { status: 200, data: [{ pages: 20 }] },
  ],
  [
    'update, answered with nothing',
    () => books().update({ pages: 21 }).eq('title', 'Two'),
    { status: 204, data: null },
  ],
  [
    'upsert on a unique column',
    () =>
      books().upsert({ title: 'Two', pages: 22 }, { onConflict: 'title' }).select('title, pages'),
    { data: [{ title: 'Two', pages: 22 }] },
  ],
  [
    'upsert that leaves what is there',
    () =>
      books()
        .upsert({ title: 'Two', pages: 99 }, { onConflict: 'title', ignoreDuplicates: true })
        .select('pages'),
    { data: [] },
  ],
  [
    'delete, answered with the row',
    () => books().delete().eq('title', 'One').select('title'),
    { status: 200, data: [{ title: 'One' }] },
  ],
  [
    'delete, answered with nothing',
    () => books().delete().in('title', ['Two', 'Three', 'Four']),
    { status: 204, data: null },
  ],
  [
    'JSON and arrays go in as they come out',
    () =>
      books()
        .insert({ title: 'Five', tags: ['a', 'b c'], details: { deep: [1, null] } })
        .select('tags, details')
        .single(),
    { data: { tags: ['a', 'b c'], details: { deep: [1, null] } } },
  ],
  ['and away', () => books().delete().eq('title', 'Five'), { status: 204 }],
  ['not unique', () => books().insert({ title: 'Kindred' }), refused(409, '23505')],
  [
    'no such row to point at',
    () => books().insert({ title: 'Six', author_id: 999 }),
    refused(409, '23503'),
  ],
  [
    'nothing where something must be',
    () => authors().insert({ country: 'FR' }),
    refused(400, '23502'),
  ],
  ['against a check', () => authors().insert({ name: 'X' }), refused(400, '23514')],
  ['not a number', () => books().update({ pages: 'many' }).eq('id', 1), refused(400, '22P02')],
  [
    'a column that is not there',
    () => books().insert({ title: 'Seven', colour: 'red' }),
    refused(400, 'PGRST204'),
  ],
]

const functions: Check[] = [
  ['a scalar', () => library.ada.rpc('add_numbers', { a: 2, b: 3 }), { status: 200, data: 5 }],
  ['a default argument', () => library.ada.rpc('add_numbers', { a: 2 }), { status: 200, data: 3 }],
  [
    'a set, filtered and ordered',
    () =>
      library.ada
        .rpc('books_of', { country: 'US' })
        .select('title')
        .gt('pages', 300)
        .order('title'),
    titles('The Dispossessed', 'The Left Hand of Darkness'),
  ],
  ['nothing', () => library.ada.rpc('nothing'), { status: 204, data: null, error: null }],
  [
    'by GET',
    () => library.ada.rpc('add_numbers', { a: 4, b: 4 }, { get: true }),
    { status: 200, data: 8 },
  ],
  [
    'who asks, signed in',
    () => library.ada.rpc('who'),
    {
      data: {
        role: 'authenticated',
        database_role: 'authenticated',
        email: 'ada@library.example',
        provider: 'email',
        aal: 'aal1',
      },
    },
  ],
  [
    'who asks, as nobody',
    () => library.nobody.rpc('who'),
    { data: { role: 'anon', database_role: 'anon', id: null } },
  ],
  [
    'who asks, with the secret key',
    () => library.service.rpc('who'),
    { data: { role: 'service_role', database_role: 'service_role' } },
  ],
  ['no such function', () => library.ada.rpc('missing'), refused(404, 'PGRST202')],
  ['no such argument', () => library.ada.rpc('add_numbers', { c: 1 }), refused(404, 'PGRST202')],
  ['not granted', () => library.ada.rpc('staff_only'), refused(403, '42501')],
  [
    'raise exception',
    () => library.ada.rpc('fail', { state: 'P0001', words: 'No.' }),
    {
      status: 400,
      error: { code: 'P0001', message: 'No.', details: 'the detail', hint: 'the hint' },
    },
  ],
  [
    'a status of one’s own',
    () => library.ada.rpc('fail', { state: 'PT409', words: 'Taken.' }),
    { status: 409, error: { code: 'PT409', message: 'Taken.' } },
  ],
  [
    'a serialization failure',
    () => library.ada.rpc('fail', { state: '40001', words: 'Again.' }),
    refused(500, '40001'),
  ],
]

const errors: Check[] = [
  ['no such table', () => library.ada.from('nowhere').select(), refused(404, 'PGRST205')],
  ['no such column', () => books().select('colour'), refused(400, '42703')],
  [
    'a filter that cannot be read',
    () => raw('books?id=nonsense', asAda()),
    { status: 400, body: { code: 'PGRST100' } },
  ],
  ['a value of the wrong kind', () => books().select().eq('id', 'x'), refused(400, '22P02')],
  [
    'no key',
    () => fetch(`${library.backend.url}/rest/v1/books`).then(({ status }) => ({ status })),
    { status: 401 },
  ],
  ['a wrong key', () => raw('books', { apikey: 'sb_publishable_wrong' }), { status: 401 }],
  [
    'a token that is over',
    async () =>
      raw('books', { authorization: `Bearer ${await tokenOf(library.backend.jwtSecret, 1000)}` }),
    { status: 401, body: { code: 'PGRST303', message: 'JWT expired' } },
  ],
  [
    'a token of another server',
    async () => raw('books', { authorization: `Bearer ${await tokenOf('x'.repeat(48), '1h')}` }),
    { status: 401, body: { code: 'PGRST301' } },
  ],
  [
    'aggregates are off, as on hosted',
    () => books().select('pages.sum()'),
    refused(400, 'PGRST123'),
  ],
  [
    'a preflight from the application',
    async () => {
      const response = await fetch(`${library.backend.url}/rest/v1/books`, {
        method: 'OPTIONS',
        headers: {
          origin: 'app://atelier',
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'apikey,authorization',
        },
      })
      return {
        ok: response.ok,
        origin: response.headers.get('access-control-allow-origin') !== null,
      }
    },
    { ok: true, origin: true },
  ],
]

const all = { reading, filters, pages, single, embedding, policies, writing, functions, errors }
for (const [part, checks] of Object.entries(all))
  it.each(checks)(`${part}: %s`, async (_, ask, answer) => {
    expect(await ask()).toMatchObject(answer as object)
  })
