/**
 * What gives tokens to the processes of the proof, counts by its own hand what they ask, and can be stopped at a request:
 * before it is judged, and after what was asked is done but not yet answered.
 *
 * Two of them: `oidc`, the certified server, where a refresh token that comes twice ends the grant; `grace`, a model of
 * the servers that answer the same refresh token again for a while.
 */
import { randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import * as OidcServer from "../../../packages/oauth/test/rig/OidcServer.ts"
import * as MapAdapter from "./MapAdapter.ts"
import type { Secrets } from "./Secrets.ts"

/** The server's own count; it only grows. */
export interface Seen {
  /** Requests that reached the token endpoint. */
  refreshes: number
  /** Of these, how many brought tokens. */
  granted: number
  /** Of these, how many were refused with `invalid_grant`. */
  invalidGrant: number
  /** When each of them came. */
  readonly refreshedAt: Array<number>
  /** Requests to the resource server, and how many of them were turned away with 401. */
  calls: number
  unauthorized: number
}

/** Asked at each request to the token endpoint. */
export interface Gate {
  /** `lose`: the server never judges this request, and its connection ends. */
  readonly arrived?: () => Promise<"judge" | "lose">
  /** The server has done what was asked. The answer goes out when this ends. */
  readonly judged?: () => Promise<void>
}

export interface Issuer {
  readonly name: "oidc" | "grace"
  readonly graceMillis: number
  readonly address: {
    readonly issuer: string
    readonly discovery: "yes" | "no"
    readonly tokenUrl: string
    readonly apiUrl: string
  }
  readonly seen: Readonly<Seen>
  /** When the newest access token ends by the server's clock, and how old it is. */
  readonly newestEndsAt: () => number
  readonly ageMillis: () => number
  /** A new grant of a person: its refresh token. */
  readonly mint: () => Promise<string>
  readonly gate: (gate: Gate | undefined) => void
  readonly close: () => Promise<void>
}

export const clientId = "web"
export const clientSecret = OidcServer.secrets.web

/** The certified server. Access tokens live for whole seconds. */
export const oidc = async (secrets: Secrets, accessTokenSeconds: number): Promise<Issuer> => {
  let gate: Gate | undefined
  let newestEndsAt = 0
  const api = await resource((accessToken) => server.isActive(accessToken))
  const seen: Seen = api.seen
  secrets.add("client secret", clientSecret)
  const around: OidcServer.Middleware = async (ctx, next) => {
    if (ctx.path !== "/token") return next()
    seen.refreshes++
    seen.refreshedAt.push(Date.now())
    if (gate?.arrived !== undefined) {
      const body = await bytes(ctx.req)
      if ((await gate.arrived()) === "lose") {
        ctx.respond = false
        ctx.req.socket.destroy()
        return
      }
      // its sender is gone, and its stream with it: the server reads what had arrived
      Object.defineProperties(ctx.req, {
        readable: { value: true },
        iterator: { value: () => [body].values() }
      })
    }
    await next()
    const body = ctx.body as Readonly<Record<string, unknown>>
    if (typeof body["access_token"] === "string") newestEndsAt = Date.now() + accessTokenSeconds * 1_000
    count(seen, secrets, body)
    await gate?.judged?.()
  }
  const server = await OidcServer.start({ accessTokenSeconds, around, adapter: MapAdapter.make() })
  return {
    name: "oidc",
    graceMillis: 0,
    address: { issuer: server.issuer, discovery: "yes", tokenUrl: `${server.issuer}/token`, apiUrl: api.url },
    seen,
    newestEndsAt: () => newestEndsAt,
    ageMillis: () => Date.now() - newestEndsAt + accessTokenSeconds * 1_000,
    mint: async () => secrets.add("refresh token", await server.mintRefreshToken()),
    gate: (next) => void (gate = next),
    close: async () => {
      await api.close()
      await server.close()
    }
  }
}

interface Family {
  over: "no" | "yes"
}

/** The model of a server that forgives: the same refresh token is answered again until `graceMillis` after its first use. */
export const grace = async (secrets: Secrets, lifeMillis: number, graceMillis: number): Promise<Issuer> => {
  const refreshTokens = new Map<string, { readonly family: Family; usedAt: number | undefined }>()
  const accessTokens = new Map<string, { readonly family: Family; readonly endsAt: number }>()
  const api = await resource(async (given) => {
    const found = accessTokens.get(given)
    return found !== undefined && found.family.over === "no" && Date.now() < found.endsAt
  })
  let gate: Gate | undefined
  let newestEndsAt = 0
  const seen: Seen = api.seen
  const unguessable = () => randomBytes(32).toString("base64url")
  const judge = (given: string | null): Readonly<Record<string, unknown>> => {
    const found = given === null ? undefined : refreshTokens.get(given)
    if (found === undefined || found.family.over === "yes") return { error: "invalid_grant" }
    if (found.usedAt !== undefined && Date.now() > found.usedAt + graceMillis) {
      found.family.over = "yes"
      return { error: "invalid_grant" }
    }
    found.usedAt ??= Date.now()
    newestEndsAt = Date.now() + lifeMillis
    const [access, refresh] = [unguessable(), unguessable()]
    accessTokens.set(access, { family: found.family, endsAt: newestEndsAt })
    refreshTokens.set(refresh, { family: found.family, usedAt: undefined })
    return {
      access_token: access,
      refresh_token: refresh,
      token_type: "Bearer",
      scope: "openid offline_access",
      expires_in: lifeMillis / 1_000
    }
  }
  const server = await listen(async (request, response) => {
    const given = new URLSearchParams(String(await bytes(request))).get("refresh_token")
    seen.refreshes++
    seen.refreshedAt.push(Date.now())
    if ((await gate?.arrived?.()) === "lose") return void request.socket.destroy()
    const body = judge(given)
    count(seen, secrets, body)
    await gate?.judged?.()
    json(response, "error" in body ? 400 : 200, body)
  })
  return {
    name: "grace",
    graceMillis,
    address: { issuer: server.url, discovery: "no", tokenUrl: `${server.url}/token`, apiUrl: api.url },
    seen,
    newestEndsAt: () => newestEndsAt,
    ageMillis: () => Date.now() - newestEndsAt + lifeMillis,
    mint: async () => {
      const minted = unguessable()
      refreshTokens.set(minted, { family: { over: "no" }, usedAt: undefined })
      return secrets.add("refresh token", minted)
    },
    gate: (next) => void (gate = next),
    close: async () => {
      await api.close()
      await server.close()
    }
  }
}

const count = (seen: Seen, secrets: Secrets, body: Readonly<Record<string, unknown>>): void => {
  if (body["error"] === "invalid_grant") seen.invalidGrant++
  if (typeof body["access_token"] === "string") seen.granted++
  for (const name of ["access_token", "refresh_token", "id_token"]) {
    const token = body[name]
    if (typeof token === "string") secrets.add(name.replace("_", " "), token)
  }
}

/** A resource server that takes living access tokens and nothing else. */
const resource = async (isActive: (accessToken: string) => Promise<boolean>) => {
  const seen: Seen = { refreshes: 0, granted: 0, invalidGrant: 0, refreshedAt: [], calls: 0, unauthorized: 0 }
  const server = await listen(async (request, response) => {
    seen.calls++
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1]
    if (given !== undefined && (await isActive(given)))
      return json(response, 200, { client: clientId, scope: "openid" })
    seen.unauthorized++
    response.setHeader("www-authenticate", 'Bearer error="invalid_token"')
    json(response, 401, { error: "invalid_token" })
  })
  return { ...server, seen }
}

/** A server on loopback. */
export const listen = async (
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> => {
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      })
  }
}

export const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}

const bytes = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
