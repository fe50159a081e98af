import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployments, orWaiting, startDatabase, type TestDatabase } from './server.ts'

const refusal = (code: string) => expect.objectContaining({ code })

/** What Stripe and OAuth2 providers say, in their order and in any other, once and twice, to one service and to two. */
describe.each(deployments)('$title', ({ server, deployer }) => {
  let db: TestDatabase
  let owner: string
  let workspace: string
  beforeAll(async () => {
    db = await startDatabase(server, deployer)
    await db.sql`select private.supply_master_key(${'k'.repeat(40)})`
    owner = await db.signUp('owner@x.example')
    const [row] = await db.committed(
      owner,
      (sql) => sql`select public.create_workspace('W', 'C') as id`,
    )
    workspace = row!.id
  })
  afterAll(() => db?.stop())
  /** A service, and what it does stays. */
  const service = async <T>(work: (sql: Sql) => Promise<T>): Promise<T> =>
    db.sql.begin(async (sql) => {
      await sql`select set_config('role', 'service_role', true), set_config('request.jwt.claims', '{"role":"service_role"}', true)`
      return work(sql as unknown as Sql)
    }) as Promise<T>

  describe('subscriptions', () => {
    let number = 0
    const told = (subscription: string, status: string, at: Date) => {
      number += 1
      return service(
        (sql) =>
          sql`select public.record_subscription_for_service(${`e${number}`}, ${workspace}, 'c', ${subscription}, 'pro', ${status},
            ${at}, ${new Date(at.getTime() + 2_592_000_000)}, ${at})`,
      )
    }
    const plan = async () =>
      (
        await db.sql`select plan_type from public.workspace_subscriptions where id = private.live_subscription(${workspace})`
      )[0]!.plan_type
    it('of one second come to the same, whatever their order', async () => {
      const begin = Date.parse('2026-05-01T12:00:00Z')
      const pairs = [
        ['incomplete', 'active', 'pro'],
        ['trialing', 'active', 'pro'],
        ['active', 'canceled', 'free'],
        ['incomplete', 'incomplete_expired', 'free'],
      ] as const
      let day = 0
      for (const [earlier, later, expected] of pairs)
        for (const order of [
          [earlier, later],
          [later, earlier],
        ] as const) {
          day += 1
          const at = new Date(begin + day * 86_400_000)
          for (const status of order) await told(`sub${day}`, status, at)
          expect(await plan(), order.join(', ')).toBe(expected)
          await told(`sub${day}`, 'canceled', new Date(at.getTime() + 1000))
          expect(await plan()).toBe('free')
        }
    })
  })

  describe('refunds and disputes', () => {
    let number = 0
    const event = () => {
      number += 1
      return `r${number}`
    }
    const pay = (intent: string, tokens: number, price: number, status = 'completed') =>
      service(
        (sql) =>
          sql`select public.record_payment_for_service(${event()}, ${workspace}, ${intent}, ${tokens}, ${price}, ${status})`,
      )
    const refund = (intent: string, money: number, id = event()) =>
      service(
        (sql) => sql`select public.record_refund_for_service(${id}, ${intent}, ${money}) as is`,
      )
    const dispute = (intent: string, outcome: string) =>
      service(
        (sql) => sql`select public.record_dispute_for_service(${event()}, ${intent}, ${outcome})`,
      )
    const bought = async () =>
      Number(
        (
          await db.sql`select additional_tokens as n from public.workspace_subscriptions where id = private.live_subscription(${workspace})`
        )[0]!.n,
      )
    const purchase = async (intent: string) => {
      const [row] = await db.sql`
        select status, tokens_due_back::int as due, tokens_taken_back::int as taken from public.token_purchases where stripe_payment_intent_id = ${intent}`
      return row
    }
    it('a part, then the rest, told late and twice', async () => {
      await pay('pi_part', 1000, 10)
      await refund('pi_part', 2.5, 'once')
      expect(await refund('pi_part', 2.5, 'once')).toEqual([{ is: false }])
      expect(await purchase('pi_part')).toEqual({ status: 'completed', due: 250, taken: 250 })
      expect(await bought()).toBe(750)
      await refund('pi_part', 10)
      await refund('pi_part', 2.5)
      expect(await purchase('pi_part')).toEqual({ status: 'refunded', due: 1000, taken: 1000 })
      expect(await bought()).toBe(0)
      // The payment told again credits nothing.
      await pay('pi_part', 1000, 10)
      expect(await bought()).toBe(0)
    })
    it('before its payment is complete, and of none that is known', async () => {
      await expect(refund('pi_none', 1, 'unknown')).rejects.toEqual(refusal('PT404'))
      await pay('pi_early', 100, 5, 'pending')
      await refund('pi_early', 5)
      expect(await bought()).toBe(0)
      await pay('pi_early', 100, 5)
      expect(await purchase('pi_early')).toEqual({ status: 'refunded', due: 100, taken: 100 })
      expect(await bought()).toBe(0)
      for (const money of [-1, null])
        await expect(refund('pi_early', money as number)).rejects.toEqual(refusal('22023'))
    })
    it('a dispute takes them, and brings them again when it is won, told in any order', async () => {
      await pay('pi_d', 500, 5)
      await dispute('pi_d', 'open')
      expect([await bought(), await purchase('pi_d')]).toEqual([
        0,
        { status: 'disputed', due: 500, taken: 500 },
      ])
      await dispute('pi_d', 'won')
      await dispute('pi_d', 'open')
      expect([await bought(), await purchase('pi_d')]).toEqual([
        500,
        { status: 'completed', due: 0, taken: 0 },
      ])
      await dispute('pi_d', 'lost')
      expect([await bought(), (await purchase('pi_d'))!.status]).toEqual([0, 'disputed'])
    })
    it('what is used is used: as much is taken as is left, and the row says so', async () => {
      await pay('pi_used', 1000, 10)
      await db.sql`update public.workspace_subscriptions set period_used = base_token_limit + 700 where id = private.live_subscription(${workspace})`
      await refund('pi_used', 10)
      expect(await purchase('pi_used')).toEqual({ status: 'refunded', due: 1000, taken: 300 })
      expect(await bought()).toBe(700)
      // Nobody else's tokens are taken for it later.
      await db.sql`update public.workspace_subscriptions set period_used = 0, additional_tokens = 0 where id = private.live_subscription(${workspace})`
      await pay('pi_next', 50, 1)
      await refund('pi_used', 10)
      expect(await bought()).toBe(50)
    })
  })

  it('more used than was reserved is taken and paid; a known key with another number is refused', async () => {
    await db.sql`update public.workspace_subscriptions set period_used = 0, reserved = 0, base_token_limit = 1000 where id = private.live_subscription(${workspace})`
    const reserve = (n: number) =>
      service(
        (sql) =>
          sql`select public.reserve_tokens(${workspace}, null, null, ${n}, 'chat', 'key') as id`,
      )
    const [row] = await reserve(100)
    await expect(reserve(101)).rejects.toMatchObject({
      code: '22023',
      message: expect.stringContaining('another number'),
    })
    expect(await reserve(100)).toEqual([row])
    await service((sql) => sql`select public.settle_tokens(${row!.id}, 1500)`)
    expect(
      await db.sql`select period_used::int as used, reserved::int as reserved from public.workspace_subscriptions where id = private.live_subscription(${workspace})`,
    ).toEqual([{ used: 1500, reserved: 0 }])
    expect(
      await db.sql`select tokens_used::int as used from public.token_usage where idempotency_key = ${`settled ${row!.id}`}`,
    ).toEqual([{ used: 1500 }])
    // Over the limit nothing more is given.
    await expect(
      service(
        (sql) => sql`select public.reserve_tokens(${workspace}, null, null, 1, 'chat', 'more')`,
      ),
    ).rejects.toEqual(refusal('PT402'))
  })

  describe('refreshing a consent', () => {
    let connection: string
    beforeAll(async () => {
      const [row] = await db.sql`
        insert into public.oauth2_connections (workspace_id, provider, provider_config, client_id, redirect_uri, scopes)
        values (${workspace}, 'p', '{}', 'c', 'atelier://oauth2', '{}') returning id`
      connection = row!.id
    })
    const consent = () =>
      service(
        (sql) =>
          sql`select public.store_oauth2_token_for_service(${connection}, ${owner}, ${sql.json({ access_token: 'a1', refresh_token: 'r1' })})`,
      )
    type Answer = { status: string; lease?: string; secret_id?: string }
    const begin = async (sql: Sql, seen: string | null = null, seconds = 30) =>
      (
        await sql`select public.begin_oauth2_refresh_for_service(${connection}, ${owner}, ${seen}, ${seconds}) as answer`
      )[0]!.answer as Answer
    const store = (sql: Sql, tokens: Record<string, string>, lease: string) =>
      sql`select public.store_oauth2_token_for_service(${connection}, ${owner}, ${sql.json(tokens)}, null, null, ${lease})`
    const kept = async () => {
      const [row] = await db.sql`
        select private.unseal(s.value)::jsonb as tokens, t.has_refresh_token from public.oauth2_tokens t join private.secrets s on s.id = t.secret_id
        where t.connection_id = ${connection}`
      return row
    }
    it('of two at once one refreshes; the other finds it busy, then fresh', async () => {
      await consent()
      const [{ secret_id: seen }] = await db.sql<[{ secret_id: string }]>`
        select secret_id from public.oauth2_tokens where connection_id = ${connection}`
      const leases: Answer[] = []
      let end = (): void => {}
      const held = new Promise<void>((resolve) => {
        end = resolve
      })
      // The first has asked, and its transaction is still open.
      let asked = (): void => {}
      const first = new Promise<void>((resolve) => {
        asked = resolve
      })
      const one = service(async (sql) => {
        leases.push(await begin(sql, seen))
        asked()
        await held
      })
      await first
      const other = service((sql) => begin(sql, seen))
      expect(await orWaiting(other)).toBe('waiting')
      end()
      await one
      expect(leases[0]!.status).toBe('leased')
      expect((await other).status).toBe('busy')
      const many = await Promise.all(
        Array.from({ length: 8 }, () => service((sql) => begin(sql, seen))),
      )
      expect(many.map(({ status }) => status)).toEqual(Array(8).fill('busy'))
      // The provider gives no refresh token anew: the one there is stays.
      await service((sql) => store(sql, { access_token: 'a2' }, leases[0]!.lease!))
      expect(await kept()).toEqual({
        tokens: { access_token: 'a2', refresh_token: 'r1' },
        has_refresh_token: true,
      })
      expect((await service((sql) => begin(sql, seen))).status).toBe('fresh')
    })
    it('a lease ends by itself, and whose lease it is not stores nothing', async () => {
      await consent()
      const late = await service((sql) => begin(sql, null, 1))
      await db.sql`update public.oauth2_tokens set lease_until = now() - interval '1 second'`
      const next = await service((sql) => begin(sql))
      expect(next.status).toBe('leased')
      await expect(
        service((sql) => store(sql, { access_token: 'late' }, late.lease!)),
      ).rejects.toEqual(refusal('PT409'))
      await service((sql) => store(sql, { access_token: 'a3', refresh_token: 'r3' }, next.lease!))
      expect((await kept())!.tokens).toEqual({ access_token: 'a3', refresh_token: 'r3' })
    })
    it('a failed refresh gives it back; a new consent counts whatever is under way', async () => {
      const given = await service((sql) => begin(sql))
      const end = (lease: string) =>
        service(
          (sql) =>
            sql`select public.end_oauth2_refresh_for_service(${connection}, ${owner}, ${lease}) as was`,
        )
      expect(await end(given.lease!)).toEqual([{ was: true }])
      expect(await end(given.lease!)).toEqual([{ was: false }])
      const again = await service((sql) => begin(sql))
      expect(again.status).toBe('leased')
      await consent()
      await expect(
        service((sql) => store(sql, { access_token: 'old family' }, again.lease!)),
      ).rejects.toEqual(refusal('PT409'))
      expect((await kept())!.tokens).toMatchObject({ access_token: 'a1' })
      // Nobody but services, and nothing of it is shown or logged.
      await expect(
        db.as(owner, (sql) => sql`select lease_id from public.oauth2_tokens`),
      ).rejects.toEqual(refusal('42501'))
      const lines =
        await db.sql`select 1 from public.audit_logs where table_name = 'oauth2_tokens' and action = 'UPDATE'`
      const before = lines.length
      await service((sql) => begin(sql))
      expect(
        await db.sql`select 1 from public.audit_logs where table_name = 'oauth2_tokens' and action = 'UPDATE'`,
      ).toHaveLength(before)
    })
  })

  describe('documents of a connection', () => {
    const add = (config: unknown) =>
      db.as(
        owner,
        (sql) =>
          sql`insert into public.oauth2_connections (workspace_id, provider, provider_config, client_id, redirect_uri, scopes)
            values (${workspace}, 'p', ${typeof config === 'string' ? config : JSON.stringify(config)}::text::jsonb, 'c', 'atelier://oauth2', '{}')`,
      )
    const nested = (levels: number, open = '{"a":', close = '}') =>
      `${open.repeat(levels)}1${close.repeat(levels)}`
    it('of many levels are refused at once, by name', async () => {
      for (const levels of [33, 4000]) {
        const begun = performance.now()
        await expect(add(nested(levels))).rejects.toMatchObject({
          code: '22023',
          message: 'A document has at most 32 levels.',
        })
        expect(performance.now() - begun).toBeLessThan(2000)
      }
      await add(nested(32))
      await expect(add(`{"a":${nested(40, '[', ']')}}`)).rejects.toEqual(refusal('22023'))
      // As large and flat as may be: in its time, too.
      const begun = performance.now()
      await add(Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`k${n}`, '}]"{[\\'])))
      expect(performance.now() - begun).toBeLessThan(2000)
    })
    it('name no secret at any depth, and may speak of one', async () => {
      for (const config of [
        { client_secret: 'x' },
        { a: [{ b: { 'API-Key': 'x' } }] },
        { 'refresh\u005ftoken': 1 },
        '{"\\u0070assword": 1}',
      ])
        await expect(add(config)).rejects.toEqual(refusal('23514'))
      await add({
        hint: 'the "password": is asked for',
        secrets: 1,
        of: 'api_key',
        list: ['secret', 'token'],
        note: '\\"secret": no',
      })
    })
  })
})
