/**
 * Program: a process with a provider whose credential is a grant that other processes use too. It opens grants, puts a
 * person's new tokens into the store, makes calls, and may be told to stop for ever in the middle of a refresh.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client, ClientAuth, RefreshGrant } from "@surety/oauth"
import { type Audit, GrantStore, Lifecycle, SharedGrant, type Tokens } from "surety/credential"
import * as UndiciTransport from "surety/http/UndiciTransport"
import { Api } from "./Api.ts"
import * as Desk from "./Desk.ts"
import type { Call, GrantConfig, ProcessConfig, Put } from "./Grant.ts"
import * as Observed from "./Observed.ts"
import * as StoreLayer from "./StoreLayer.ts"
import { clientId, clientSecret } from "./Issuer.ts"
import * as Trail from "./Trail.ts"

Desk.run<ProcessConfig>((process) =>
  Effect.gen(function* () {
    const store = yield* Layer.build(StoreLayer.layer(process.store))
    const transport = yield* Layer.build(UndiciTransport.layerWith({ connections: 128 }))
    const shared = Layer.merge(Layer.succeedContext(store), Layer.succeedContext(transport))
    const trail = yield* StoreLayer.trail(process.store, process.name)
    const opened = new Map<string, Context.Context<Api>>()
    const scope = yield* Effect.scope

    const open = (config: GrantConfig) =>
      Effect.gen(function* () {
        const observed = Layer.merge(Trail.layer(config.trail, process.name, trail?.audit), Observed.layerLogs)
        const provider = Api.layerAt(config.apiUrl).pipe(
          // asked at the first call, so that the parent says when
          Layer.provide(Lifecycle.layer(Api, source(config), { start: "lazy" })),
          Layer.provideMerge(observed),
          Layer.provide(shared)
        )
        opened.set(config.key, yield* Layer.buildWithScope(provider, scope))
      })

    const put = ({ key, refreshToken }: Put) =>
      Effect.gen(function* () {
        yield* SharedGrant.adopt({ key, tokens: ended(refreshToken), by: "the proof" })
      }).pipe(Effect.provideContext(store), Effect.orDie)

    const call = ({ fibers, forMillis, key }: Call) => {
      const context = opened.get(key)
      if (context === undefined) return Effect.die(new RangeError(`${key} is not open`))
      return Effect.provideContext(Observed.together(Context.get(context, Api).orders(), fibers, forMillis), context)
    }

    const stored = ({ key }: { readonly key: string }) =>
      Effect.map(
        Effect.flatMap(GrantStore.GrantStore, (grants) => grants.read(key)),
        (record) => ({
          state: record?.state
        })
      ).pipe(Effect.provideContext(store), Effect.orDie)

    const audited = (event: { readonly key: string; readonly kind: Audit.Kind }) =>
      trail === undefined
        ? Effect.succeed({ rows: undefined })
        : Effect.orDie(Effect.map(trail.countOf(event), (rows) => ({ rows })))

    return { open: (config: GrantConfig) => Effect.orDie(open(config)), put, call, stored, audited }
  })
)

const source = (config: GrantConfig) =>
  RefreshGrant.source(clientOf(config), {
    name: "proof",
    key: config.key,
    profile: { name: "proof", graceMillis: config.graceMillis, rotates: "always" },
    ...(config.lease === undefined ? {} : { leaseFor: config.lease.leaseMillis }),
    onStep: (moment) =>
      Effect.suspend(() => {
        if (moment !== config.stopAt) return Effect.void
        Desk.tell("stopped", moment)
        return Effect.never
      })
  })

const clientOf = ({ discovery, issuer, lease, tokenUrl }: GrantConfig): Client.Client =>
  Client.make({
    clientId,
    auth: ClientAuth.secretBasic(Redacted.make(clientSecret)),
    ...(lease === undefined ? {} : { timeout: lease.timeoutMillis }),
    ...(discovery === "yes" ? { issuer } : { metadata: { issuer, token_endpoint: tokenUrl } })
  })

/** What a person's consent leaves behind, long ago: an access token that has ended, and a refresh token. */
const ended = (refreshToken: string): Tokens.Tokens => ({
  accessToken: Redacted.make("ended-long-ago"),
  refreshToken: Redacted.make(refreshToken),
  scopes: ["openid", "offline_access"],
  issuedAtMillis: 0,
  expiresAtMillis: 1_000,
  extra: {}
})
