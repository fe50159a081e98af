import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'

type Fetch = (request: Request, context: unknown) => Response | Promise<Response>

const grant = z.looseObject({
  access_token: z.string(),
  user: z.looseObject({
    phone: z.string().nullish(),
    app_metadata: z.record(z.string(), z.unknown()).nullish(),
    user_metadata: z.record(z.string(), z.unknown()).nullish(),
  }),
})
const verification = z.looseObject({ type: z.string() })

/**
 * Lite's access tokens lack the claims that policies read (`app_metadata` and others); they are signed
 * again with them. It knows no verification type `email`, which supabase-js documents, and it tells its
 * whole configuration under `/_system` to anyone.
 */
export const mendAnswers = (
  fetchApp: Fetch,
  options: { secret: string; issuer: string },
): Fetch => {
  const key = new TextEncoder().encode(options.secret)
  const sign = async (response: Response): Promise<Response> => {
    if (response.status !== 200) return response
    if (!response.headers.get('content-type')?.includes('json')) return response
    const parsed = grant.safeParse(
      await response
        .clone()
        .json()
        .catch(() => null),
    )
    if (!parsed.success) return response
    const { payload } = await jwtVerify(parsed.data.access_token, key)
    const { user } = parsed.data
    const accessToken = await new SignJWT({
      ...payload,
      iss: options.issuer,
      phone: user.phone ?? '',
      app_metadata: user.app_metadata ?? {},
      user_metadata: user.user_metadata ?? {},
      is_anonymous: false,
      aal: 'aal1',
      amr: [{ method: 'password', timestamp: payload.iat }],
    })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(key)
    const headers = new Headers(response.headers)
    headers.delete('content-length')
    return Response.json({ ...parsed.data, access_token: accessToken }, { status: 200, headers })
  }
  return async (request, context) => {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith('/_system')) return Response.json({}, { status: 404 })
    if (!pathname.startsWith('/auth/v1/')) return fetchApp(request, context)
    if (pathname === '/auth/v1/verify' && request.method === 'POST') {
      const text = await request.text()
      const body = verification.safeParse(safeJson(text))
      const again =
        body.data?.type === 'email' ? JSON.stringify({ ...body.data, type: 'magiclink' }) : text
      const { method, headers } = request
      return sign(
        await fetchApp(new Request(request.url, { method, headers, body: again }), context),
      )
    }
    return sign(await fetchApp(request, context))
  }
}

const safeJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
