import { type AuthError, createClient, type SupabaseClient } from '@supabase/supabase-js'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { followInBrowser, startGitHubStandIn } from '../../fixtures/github-stand-in.ts'
import { addressOf, type Library, openLibraries, password } from './library.ts'

/*
 * What supabase-js asks of the auth server, and what GoTrue documents as its answers
 * (supabase.com/docs/reference/javascript, "Auth"; supabase.com/docs/guides/auth/debugging/error-codes).
 */

let libraries: Awaited<ReturnType<typeof openLibraries>>
let library: Library
let github: Awaited<ReturnType<typeof startGitHubStandIn>>
let clients = 0

beforeAll(async () => {
  github = await startGitHubStandIn()
  libraries = await openLibraries()
  library = await libraries.open('auth', {
    oauth: { github: { clientId: github.clientId, secret: github.secret, url: github.url } },
  })
})
afterAll(async () => {
  await libraries.close()
  await github.stop()
})

const client = (): SupabaseClient => {
  clients += 1
  return createClient(library.backend.url, library.backend.publishableKey, {
    auth: {
      persistSession: false,
      autoRefreshToken: false,
      detectSessionInUrl: false,
      flowType: 'pkce',
      storageKey: `auth-${clients}`,
    },
  })
}
const code = (answer: { error: AuthError | null }) =>
  answer.error ? `${answer.error.status} ${answer.error.code}` : 'ok'
const mailedCode = () => /\d{6}/.exec(library.mails.at(-1)!.text)![0]
const newPerson = async () => {
  const person = client()
  const email = addressOf(`new-${clients}`)
  const { data } = await person.auth.signUp({ email, password, options: { data: { name: 'New' } } })
  return { person, email, session: data.session!, user: data.user! }
}

describe('an account', () => {
  it('is made, and signed in at once', async () => {
    const { user, session } = await newPerson()
    expect(user.user_metadata).toMatchObject({ name: 'New' })
    expect(user.identities).toHaveLength(1)
    expect(session.token_type).toBe('bearer')
    expect(session.expires_in).toBe(3600)
  })
  it('has a token that says who it is, and for how long', async () => {
    const { user, session } = await newPerson()
    const claims = decodeJwt(session.access_token)
    expect(claims).toMatchObject({
      sub: user.id,
      aud: 'authenticated',
      role: 'authenticated',
      email: user.email,
      aal: 'aal1',
      is_anonymous: false,
      app_metadata: { provider: 'email' },
      user_metadata: { name: 'New' },
    })
    expect(claims.exp! - claims.iat!).toBe(3600)
    expect(claims.session_id).toMatch(/^[0-9a-f-]{36}$/)
  })
  it('is not made twice, however the address is written', async () => {
    const { email } = await newPerson()
    expect(code(await client().auth.signUp({ email: email.toUpperCase(), password }))).toBe(
      '422 user_already_exists',
    )
  })
  it('needs a password worth the name', async () => {
    const answer = await client().auth.signUp({ email: addressOf('weak'), password: 'x' })
    expect(code(answer)).toBe('422 weak_password')
  })
  it('needs an address that is one', async () => {
    const answer = await client().auth.signUp({ email: 'not an address', password })
    expect(answer.error?.status).toBe(400)
  })
  it('can be asked for, and changed', async () => {
    const { person, user } = await newPerson()
    expect((await person.auth.getUser()).data.user?.id).toBe(user.id)
    const changed = await person.auth.updateUser({ data: { name: 'Other' } })
    expect(changed.data.user?.user_metadata).toMatchObject({ name: 'Other' })
    expect((await person.auth.getUserIdentities()).data?.identities).toHaveLength(1)
    expect((await person.auth.getClaims()).data?.claims.sub).toBe(user.id)
  })
})

describe('signing in with a password', () => {
  it('works, and again, with sessions apart', async () => {
    const { email, session } = await newPerson()
    const again = await client().auth.signInWithPassword({ email, password })
    expect(code(again)).toBe('ok')
    expect(decodeJwt(again.data.session!.access_token).session_id).not.toBe(
      decodeJwt(session.access_token).session_id,
    )
  })
  it.each([
    ['a wrong password', () => ({ email: addressOf('ada'), password: 'wrong-password' })],
    ['a person nobody knows', () => ({ email: addressOf('nobody'), password })],
  ])('with %s is refused, and says no more than that', async (_, credentials) => {
    expect(code(await client().auth.signInWithPassword(credentials()))).toBe(
      '400 invalid_credentials',
    )
  })
  it('with a changed password works, and with the old one no longer', async () => {
    const { person, email } = await newPerson()
    expect(code(await person.auth.updateUser({ password: 'another-password' }))).toBe('ok')
    expect(code(await client().auth.signInWithPassword({ email, password }))).toBe(
      '400 invalid_credentials',
    )
    const answer = await client().auth.signInWithPassword({ email, password: 'another-password' })
    expect(code(answer)).toBe('ok')
  })
})

describe('a refresh', () => {
  it('rotates the token', async () => {
    const { person, session } = await newPerson()
    const { data } = await person.auth.refreshSession()
    expect(data.session?.refresh_token).not.toBe(session.refresh_token)
    expect(decodeJwt(data.session!.access_token).session_id).toBe(
      decodeJwt(session.access_token).session_id,
    )
  })
  it('with the token before, at once, gives the one now: an answer may get lost', async () => {
    const { person, session } = await newPerson()
    const { data } = await person.auth.refreshSession()
    const again = await client().auth.refreshSession({ refresh_token: session.refresh_token })
    expect(again.data.session?.refresh_token).toBe(data.session?.refresh_token)
  })
  it('with the token before that ends the session: somebody copied it', async () => {
    const { person, session } = await newPerson()
    await person.auth.refreshSession()
    const { data } = await person.auth.refreshSession()
    const stolen = await client().auth.refreshSession({ refresh_token: session.refresh_token })
    expect(code(stolen)).toBe('400 refresh_token_already_used')
    const newest = await client().auth.refreshSession({
      refresh_token: data.session!.refresh_token,
    })
    expect(newest.error?.status).toBe(400)
  })
  it('with a token nobody gave is refused', async () => {
    const answer = await client().auth.refreshSession({
      refresh_token: '6c1f4a7c-0d1d-4a8e-9c3b-2a1b0c9d8e7f',
    })
    expect(code(answer)).toBe('400 refresh_token_not_found')
  })
})

describe('signing out', () => {
  const sessions = async () => {
    const { email, person } = await newPerson()
    const other = client()
    await other.auth.signInWithPassword({ email, password })
    return { person, other }
  }
  it('of this session leaves the others', async () => {
    const { person, other } = await sessions()
    const token = (await person.auth.getSession()).data.session!.refresh_token
    expect(code(await person.auth.signOut({ scope: 'local' }))).toBe('ok')
    expect((await client().auth.refreshSession({ refresh_token: token })).error).not.toBeNull()
    expect(code(await other.auth.refreshSession())).toBe('ok')
  })
  it('of the others leaves this one', async () => {
    const { person, other } = await sessions()
    expect(code(await person.auth.signOut({ scope: 'others' }))).toBe('ok')
    expect(code(await person.auth.getUser())).toBe('ok')
    expect((await other.auth.getUser()).error).not.toBeNull()
  })
  it('of all ends all', async () => {
    const { person, other } = await sessions()
    expect(code(await person.auth.signOut({ scope: 'global' }))).toBe('ok')
    expect((await other.auth.refreshSession()).error).not.toBeNull()
  })
})

describe('a code by mail', () => {
  it('lets in who has it, once', async () => {
    const { email } = await newPerson()
    const person = client()
    expect(code(await person.auth.signInWithOtp({ email }))).toBe('ok')
    const token = mailedCode()
    const right = await person.auth.verifyOtp({ email, token, type: 'email' })
    expect(right.data.user?.email).toBe(email)
    expect(decodeJwt(right.data.session!.access_token).amr).toMatchObject([{ method: 'otp' }])
    expect(code(await client().auth.verifyOtp({ email, token, type: 'email' }))).toBe(
      '403 otp_expired',
    )
  })
  it('is refused when it is another', async () => {
    const { email } = await newPerson()
    await client().auth.signInWithOtp({ email })
    expect(code(await client().auth.verifyOtp({ email, token: '000000', type: 'email' }))).toBe(
      '403 otp_expired',
    )
  })
  it('makes an account where that is asked for, and none where it is not', async () => {
    const email = addressOf('by-code')
    const refusedAnswer = await client().auth.signInWithOtp({
      email,
      options: { shouldCreateUser: false },
    })
    expect(refusedAnswer.error).not.toBeNull()
    await client().auth.signInWithOtp({ email })
    const { data } = await client().auth.verifyOtp({ email, token: mailedCode(), type: 'email' })
    expect(data.user?.email).toBe(email)
  })
  it('lets in who forgot the password, to set a new one', async () => {
    const { email } = await newPerson()
    expect(code(await client().auth.resetPasswordForEmail(email))).toBe('ok')
    const person = client()
    const answer = await person.auth.verifyOtp({ email, token: mailedCode(), type: 'recovery' })
    expect(code(answer)).toBe('ok')
    expect(code(await person.auth.updateUser({ password: 'remembered-now' }))).toBe('ok')
  })
})

describe('GitHub, with PKCE', () => {
  const begin = async (person: SupabaseClient, redirectTo = 'atelier://auth/callback?flow=1') => {
    const { data } = await person.auth.signInWithOAuth({
      provider: 'github',
      options: { redirectTo, skipBrowserRedirect: true },
    })
    return data.url!
  }
  const codeIn = (link: string) => new URL(link).searchParams.get('code') ?? ''

  it('comes back to the application with a code, and the code is a session', async () => {
    const person = client()
    const url = await begin(person)
    expect(new URL(url).searchParams.get('code_challenge_method')?.toLowerCase()).toBe('s256')
    const link = await followInBrowser(url)
    expect(link).toMatch(/^atelier:\/\/auth\/callback\?/)
    expect(new URL(link).searchParams.get('flow')).toBe('1')
    const { data, error } = await person.auth.exchangeCodeForSession(codeIn(link))
    expect(error).toBeNull()
    expect(data.user).toMatchObject({
      email: 'octavia@atelier.example',
      app_metadata: { provider: 'github' },
    })
    expect(decodeJwt(data.session!.access_token).amr).toMatchObject([{ method: 'oauth' }])
  })
  it('gives the code’s session to nobody without the verifier', async () => {
    const link = await followInBrowser(await begin(client()))
    const thief = client()
    await begin(thief)
    expect(code(await thief.auth.exchangeCodeForSession(codeIn(link)))).toBe(
      '400 bad_code_verifier',
    )
  })
  it('takes a code once', async () => {
    const person = client()
    const link = await followInBrowser(await begin(person))
    await person.auth.exchangeCodeForSession(codeIn(link))
    const again = await person.auth.exchangeCodeForSession(codeIn(link))
    expect(again.error).not.toBeNull()
  })
  it('tells when the person refuses', async () => {
    github.deny = true
    const link = await followInBrowser(await begin(client()))
    github.deny = false
    expect(new URL(link).searchParams.get('error')).toBe('access_denied')
  })
  it('goes back to no place that is not allowed', async () => {
    const url = await begin(client(), 'https://elsewhere.example/callback')
    await expect(followInBrowser(url)).rejects.toThrow()
  })
  it('goes back to the one port of this computer that the application has told, while it waits there', async () => {
    const at = (port: number) => `http://127.0.0.1:${port}/auth/callback?flow=1`
    const goesTo = async (port: number) => followInBrowser(await begin(client(), at(port)))
    await expect(goesTo(40_123)).rejects.toThrow()
    library.backend.allowCallback(40_123)
    expect(await goesTo(40_123)).toMatch(/^http:\/\/127\.0\.0\.1:40123\/auth\/callback\?/)
    await expect(goesTo(40_124)).rejects.toThrow()
    library.backend.allowCallback(null)
    await expect(goesTo(40_123)).rejects.toThrow()
  })
})

describe('what this server does not do is refused, not broken', () => {
  it.each([
    [
      'anonymous sign-in',
      () => client().auth.signInAnonymously(),
      '422 anonymous_provider_disabled',
    ],
    [
      'an id token',
      () => client().auth.signInWithIdToken({ provider: 'google', token: 'x' }),
      '400 invalid_credentials',
    ],
  ])('%s', async (_, ask, answer) => {
    expect(code(await ask())).toBe(answer)
  })
  it('the admin API, even with the secret key', async () => {
    expect((await library.service.auth.admin.listUsers()).error?.status).toBe(401)
  })
  it('realtime, with an error and no crash', async () => {
    const states: string[] = []
    const channel = library.ada.channel('room').subscribe((state) => states.push(state))
    await expect.poll(() => states, { timeout: 5000 }).toContain('CHANNEL_ERROR')
    await library.ada.removeChannel(channel)
  })
  it('edge functions, with 404', async () => {
    const { error } = await library.ada.functions.invoke('nothing')
    expect((error as { context?: Response }).context?.status).toBe(404)
  })
})
