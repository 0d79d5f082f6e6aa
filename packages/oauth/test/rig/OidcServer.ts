/**
 * The certified authorization server `oidc-provider` on loopback: refresh tokens rotate, a second use of one ends the
 * whole grant, and what happened is told by the server's own events. It can be made to lose its answers.
 *
 * Nobody looks at a page: whoever follows the authorization URL is logged in as `user-1` and has consented.
 *
 * `GET /api/orders` is a resource server on the same port: 200 with the client and the scopes of the bearer token, 401
 * for a token that is not alive. `GET /me` is the server's own userinfo, which checks DPoP proofs.
 *
 * @source https://github.com/panva/node-oidc-provider (2026-10), version 9.13.3
 */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { type AdapterFactory, type ClientMetadata, type Configuration, errors, Provider } from "oidc-provider"
import * as MemoryAdapter from "./MemoryAdapter.ts"

/** Times in whole seconds, because that is what tokens count in. */
export interface Options {
  /** Default 60. */
  readonly accessTokenSeconds?: number
  /** Default 3600. */
  readonly refreshTokenSeconds?: number
  /** Beside `svc`, `web` and `pub`. */
  readonly clients?: ReadonlyArray<ClientMetadata>
  /** `required`: proofs without a nonce of the server are answered with `use_dpop_nonce`. Default `optional`. */
  readonly dpopNonce?: "required" | "optional"
  /** Laid over the server's configuration. */
  readonly configuration?: Configuration
  /** Default: a memory of its own. */
  readonly adapter?: AdapterFactory
  /** Stands around everything that the server does, the faults included. */
  readonly around?: Middleware
}

/**
 * What happens to one request at an endpoint. `before`: the server never sees it. `after`: the server has done, and
 * stored, what was asked; only its answer is changed.
 */
export interface Fault {
  readonly when: "before" | "after"
  readonly act:
    | { readonly _tag: "cut" }
    | { readonly _tag: "delay"; readonly millis: number }
    | {
        readonly _tag: "answer"
        readonly status: number
        readonly body?: string
        readonly headers?: Readonly<Record<string, string>>
      }
    /** The server's answer, changed. */
    | { readonly _tag: "change"; readonly change: (body: Record<string, unknown>) => unknown }
}

/** The server's own count. Read it at any time; it only grows. */
export interface Counters {
  /** Requests that reached the token endpoint. */
  tokenRequests: number
  /** Refresh requests that the server judged. */
  refreshRequests: number
  /** Refresh tokens that were used up: one per refresh that was granted. */
  refreshesConsumed: number
  /** Refreshes that were answered with tokens. */
  refreshesGranted: number
  /** Token requests that were answered with `invalid_grant`. */
  invalidGrant: number
  /** Grants that the server ended, because a token was used twice or somebody asked for it. */
  grantsRevoked: number
  /** Requests to the resource server. */
  resourceRequests: number
}

export interface Mint {
  /** Default `web`. */
  readonly clientId?: string
  /** Default `openid offline_access`. */
  readonly scope?: string
}

export interface OidcServer {
  readonly issuer: string
  readonly provider: Provider
  readonly counters: Readonly<Counters>
  /** What was sent to the server, in order: method, path, headers, form. */
  readonly exchanges: ReadonlyArray<Received>
  /** A refresh token of a new grant, as if `user-1` had consented. */
  readonly mintRefreshToken: (mint?: Mint) => Promise<string>
  /** The faults of the next requests to the token endpoint (or another `path`), one each; `undefined` lets one through. */
  readonly faults: (next: ReadonlyArray<Fault | undefined>, path?: string) => void
  /** A fault for every request to `path` until it is taken away with `undefined`. */
  readonly faultAlways: (fault: Fault | undefined, path?: string) => void
  /** Is this access token alive? */
  readonly isActive: (accessToken: string) => Promise<boolean>
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  /** What the server read of the form, after it answered. */
  form: Readonly<Record<string, string | undefined>>
}

export const redirectUri = "http://127.0.0.1:9/cb"
export const resource = "urn:api:orders"

/** The confidential clients' secrets, by client id. */
export const secrets = { svc: "svc-secret", web: "web-secret" } as const

const token = "/token"

export const start = async (options: Options = {}): Promise<OidcServer> => {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  // the issuer must be known before the server is made
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, await configurationOf(options))
  const counters: Counters = {
    tokenRequests: 0,
    refreshRequests: 0,
    refreshesConsumed: 0,
    refreshesGranted: 0,
    invalidGrant: 0,
    grantsRevoked: 0,
    resourceRequests: 0
  }
  count(provider, counters)
  const exchanges: Array<Received> = []
  const once = new Map<string, Array<Fault | undefined>>()
  const always = new Map<string, Fault>()

  if (options.around !== undefined) provider.use(options.around)
  provider.use(async (ctx, next) => {
    const received: Received = { method: ctx.method, path: ctx.path, headers: { ...ctx.headers }, form: {} }
    exchanges.push(received)
    if (ctx.path === token) counters.tokenRequests++
    const fault = once.get(ctx.path)?.shift() ?? always.get(ctx.path)
    const apply = async (given: Fault): Promise<void> => {
      switch (given.act._tag) {
        case "cut":
          ctx.respond = false
          ctx.req.socket.destroy()
          return
        case "delay":
          return new Promise((done) => setTimeout(done, given.act._tag === "delay" ? given.act.millis : 0))
        case "answer":
          ctx.status = given.act.status
          for (const [name, value] of Object.entries(given.act.headers ?? {})) ctx.set(name, value)
          ctx.body = given.act.body ?? ""
          return
        case "change": {
          const body: unknown = typeof ctx.body === "string" ? JSON.parse(ctx.body) : ctx.body
          ctx.body = given.act.change({ ...(body as Record<string, unknown>) })
        }
      }
    }
    if (fault?.when === "before") {
      await apply(fault)
      if (fault.act._tag !== "delay") return
    }
    await next()
    const params = (ctx as unknown as { readonly oidc?: { readonly params?: Record<string, string | undefined> } }).oidc
    received.form = { ...params?.params }
    if (fault?.when === "after") await apply(fault)
  })
  provider.use(interaction(provider))
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith("/api/")) return next()
    counters.resourceRequests++
    const given = /^Bearer (.+)$/.exec(ctx.get("authorization"))?.[1]
    const found = await find(provider, given)
    ctx.status = found === undefined ? 401 : 200
    if (found === undefined) ctx.set("www-authenticate", 'Bearer error="invalid_token"')
    ctx.body = found === undefined ? { error: "invalid_token" } : { client: found.clientId, scope: found.scope ?? "" }
  })
  server.on("request", provider.callback())

  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done())
      server.closeAllConnections()
    })
  return {
    issuer,
    provider,
    counters,
    exchanges,
    mintRefreshToken: (mint = {}) => mintWith(provider, mint),
    faults: (next, path = token) => void once.set(path, [...next]),
    faultAlways: (fault, path = token) => void (fault === undefined ? always.delete(path) : always.set(path, fault)),
    isActive: async (accessToken) => (await find(provider, accessToken)) !== undefined,
    close,
    [Symbol.asyncDispose]: close
  }
}

const find = async (provider: Provider, given: string | undefined) => {
  if (given === undefined) return undefined
  const found = (await provider.AccessToken.find(given)) ?? (await provider.ClientCredentials.find(given))
  return found === undefined || found.isExpired ? undefined : found
}

const count = (provider: Provider, counters: Counters): void => {
  const grantType = (ctx: object): unknown =>
    (ctx as { readonly oidc?: { readonly params?: Record<string, unknown> } }).oidc?.params?.["grant_type"]
  provider.on("refresh_token.consumed", () => void counters.refreshesConsumed++)
  provider.on("grant.revoked", () => void counters.grantsRevoked++)
  provider.on("grant.success", (ctx) => {
    if (grantType(ctx) !== "refresh_token") return
    counters.refreshRequests++
    counters.refreshesGranted++
  })
  provider.on("grant.error", (ctx, error) => {
    if (grantType(ctx) === "refresh_token") counters.refreshRequests++
    if (error.error === "invalid_grant") counters.invalidGrant++
  })
}

const configurationOf = async (options: Options): Promise<Configuration> => {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"])
  const jwk = await crypto.subtle.exportKey("jwk", pair.privateKey)
  const accessTokenSeconds = options.accessTokenSeconds ?? 60
  const code: Omit<ClientMetadata, "client_id"> = {
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    redirect_uris: [redirectUri],
    // a native client may come back to http on loopback
    application_type: "native",
    id_token_signed_response_alg: "ES256"
  }
  return {
    adapter: options.adapter ?? MemoryAdapter.make(),
    clients: [
      {
        client_id: "svc",
        client_secret: secrets.svc,
        token_endpoint_auth_method: "client_secret_basic",
        grant_types: ["client_credentials"],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: "ES256"
      },
      { client_id: "web", client_secret: secrets.web, token_endpoint_auth_method: "client_secret_basic", ...code },
      { client_id: "pub", token_endpoint_auth_method: "none", ...code },
      ...(options.clients ?? [])
    ],
    // web crypto and jose describe the same key in two types
    jwks: { keys: [{ ...jwk, alg: "ES256", use: "sig", kid: "rig" } as never] },
    cookies: { keys: ["test-only"] },
    pkce: { required: () => true },
    // by default the server rotates a confidential client's token only after 70 % of its life
    rotateRefreshToken: () => true,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed("refresh_token"),
    scopes: ["openid", "offline_access", "read", "write"],
    ttl: {
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      RefreshToken: options.refreshTokenSeconds ?? 3600,
      AuthorizationCode: 30,
      IdToken: 60,
      Grant: 3600,
      Interaction: 60,
      Session: 60
    },
    findAccount: async (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: {
        enabled: true,
        nonceSecret: Buffer.alloc(32, 7),
        requireNonce: () => options.dpopNonce === "required"
      },
      pushedAuthorizationRequests: { enabled: true },
      introspection: { enabled: true, allowedPolicy: async () => true },
      revocation: { enabled: true, allowedPolicy: async () => true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined as never,
        useGrantedResource: () => true,
        getResourceServerInfo: async (_ctx, indicator) => {
          if (indicator !== resource) throw new errors.InvalidTarget()
          return {
            scope: "read write",
            audience: indicator,
            accessTokenFormat: "opaque",
            accessTokenTTL: accessTokenSeconds
          }
        }
      }
    },
    interactions: { url: (_ctx, given) => `/interaction/${given.uid}` },
    ...options.configuration
  }
}

export type Middleware = Parameters<Provider["use"]>[0]

const interaction =
  (provider: Provider): Middleware =>
  async (ctx, next) => {
    if (!ctx.path.startsWith("/interaction/")) return next()
    const details = await provider.interactionDetails(ctx.req, ctx.res)
    ctx.respond = false
    if (details.prompt.name === "login") {
      return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: "user-1" } })
    }
    const known = details.grantId === undefined ? undefined : await provider.Grant.find(details.grantId)
    const grant =
      known ??
      new provider.Grant({
        accountId: details.session?.accountId ?? "user-1",
        clientId: String(details.params["client_id"])
      })
    const missing = details.prompt.details as {
      readonly missingOIDCScope?: ReadonlyArray<string>
      readonly missingResourceScopes?: Readonly<Record<string, ReadonlyArray<string>>>
    }
    if (missing.missingOIDCScope !== undefined) grant.addOIDCScope(missing.missingOIDCScope.join(" "))
    for (const [indicator, scopes] of Object.entries(missing.missingResourceScopes ?? {})) {
      grant.addResourceScope(indicator, scopes.join(" "))
    }
    const consent = { grantId: await grant.save() }
    return provider.interactionFinished(ctx.req, ctx.res, { consent }, { mergeWithLastSubmission: true })
  }

const mintWith = async (provider: Provider, mint: Mint): Promise<string> => {
  const clientId = mint.clientId ?? "web"
  const scope = mint.scope ?? "openid offline_access"
  const client = await provider.Client.find(clientId)
  if (client === undefined) throw new RangeError(`the rig has no client ${clientId}`)
  const grant = new provider.Grant({ accountId: "user-1", clientId })
  grant.addOIDCScope(scope)
  const nowSeconds = Math.floor(Date.now() / 1000)
  const refreshToken = new provider.RefreshToken({
    accountId: "user-1",
    client,
    grantId: await grant.save(),
    scope,
    gty: "authorization_code",
    expiresWithSession: false,
    rotations: 0,
    iiat: nowSeconds,
    authTime: nowSeconds
  } as never)
  return refreshToken.save()
}
