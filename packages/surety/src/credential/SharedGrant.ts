/**
 * A rotating OAuth grant that several processes use as one: whoever comes first refreshes, once, and everybody gets what
 * came back.
 *
 * The refresh token never leaves the store and the `refresh` function; a `Lifecycle` only sees access tokens.
 *
 * Neighbours: `GrantStore` is where the grant lives, `GrantRule` the decisions, `GrantFlight` the protocol; `Lifecycle`
 * decides when to ask. `@surety/oauth` makes `refresh` and `revoke`.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { Audit } from "./Audit.ts"
import * as GrantFlight from "./GrantFlight.ts"
import type { GrantHolder, Moment } from "./GrantHolder.ts"
import * as GrantKeeper from "./GrantKeeper.ts"
import { answered, pause, stored } from "./GrantLease.ts"
import * as GrantPayload from "./GrantPayload.ts"
import { type GrantRecord, GrantStore, type GrantStoreFailure } from "./GrantStore.ts"
import * as GrantTrail from "./GrantTrail.ts"
import type { Issued } from "./Issued.ts"
import * as SharedRun from "./SharedRun.ts"
import { type Ask, type Source, SourceFailure } from "./Source.ts"
import type { Refresh, ReuseProfile, Tokens } from "./Tokens.ts"
import { TrailNames } from "./TrailNames.ts"

/**
 * **Details**   `name`: the source, and the credential in audit events. `key`: the grant, in the store, in failures and in
 * audit events; one per grant, not per process. `provider`: in audit events; default: the provider and the credential of
 * the `Lifecycle.layer` that it is given to, and `name` outside of one. `refresh` sends the refresh token once; it is
 * interrupted after `refreshTimeout` (default 8 s), and what it answers after that is lost. `leaseFor` (default 20 s)
 * must be longer; it is how long a process that dies keeps the others waiting. `pollEvery` (default 200 ms, ±50 %): how
 * often a waiting process looks. `revoke` tells the server that nobody must use the grant any more.
 *
 * **Gotchas**   A `Lifecycle` that revokes when its scope closes ends the grant for every process that shares it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly name: string
  readonly key: string
  readonly provider?: string
  readonly refresh: Refresh
  readonly profile: ReuseProfile
  readonly leaseFor?: Duration.Input
  readonly pollEvery?: Duration.Input
  readonly refreshTimeout?: Duration.Input
  readonly revoke?: (tokens: Tokens) => Effect.Effect<void, SourceFailure>
  /**
   * For tests that kill a process at each step: runs at each of them, and the protocol waits for it.
   *
   * @internal
   */
  readonly onStep?: (moment: Moment) => Effect.Effect<void>
}

/**
 * The source of a shared grant, for a `Lifecycle`.
 *
 * **Details**   Gives the newest access token of the store that is valid, that the asker does not have and that the
 * provider has not refused; refreshes when there is none. A refresh belongs to no caller: who stops waiting does not stop
 * it. When a scope is in the context, closing it waits for a refresh that has begun, for `refreshTimeout` + 2 s at most.
 *
 * **Failures**   `reauthorize` when the grant is dead or missing, without a request; `unavailable` when the store or the
 * server does not answer, when another process keeps the lease, and while the fate of a refresh is not known.
 *
 * **Example** (Two processes, one refresh)
 *
 * ```ts import.meta.vitest
 * import { Effect, Redacted } from "effect"
 * import { MemoryGrantStore, SharedGrant, type Tokens } from "surety/credential"
 *
 * let sent = 0
 * const answer = (name: string): Tokens.Tokens => ({
 *   accessToken: Redacted.make(`access-${name}`),
 *   refreshToken: Redacted.make(`refresh-${name}`),
 *   scopes: undefined,
 *   issuedAtMillis: Date.now(),
 *   expiresAtMillis: Date.now() + 3_600_000,
 *   extra: {}
 * })
 * const process = SharedGrant.source({
 *   name: "ledger",
 *   key: "ledger/acme",
 *   profile: { name: "strict", graceMillis: 0, rotates: "always" },
 *   refresh: () => Effect.sync(() => answer(`${++sent}`))
 * })
 * const program = Effect.gen(function* () {
 *   yield* SharedGrant.adopt({ key: "ledger/acme", tokens: answer("0"), by: "ana" })
 *   const one = yield* process
 *   const two = yield* process
 *   const previous = yield* one.issue({ because: "start", previous: undefined, rejected: new Set() })
 *   const ask = { because: "advisory", previous, rejected: new Set<string>() } as const
 *   const issued = yield* Effect.all([one.issue(ask), two.issue(ask)], { concurrency: 2 })
 *   return [sent, ...issued.map(({ secret }) => Redacted.value(secret))]
 * })
 *
 * await Effect.runPromise(Effect.provide(program, MemoryGrantStore.layer)) // => [1, "access-1", "access-1"]
 * ```
 *
 * @source RFC 9700, section 4.14.2: a refresh token that is used twice ends the grant
 * @category constructors
 * @since 0.1.0
 */
export const source = (options: Options): Effect.Effect<Source, never, GrantStore> => {
  const leaseMillis = millisOf("leaseFor", options.leaseFor ?? "20 seconds")
  const refreshTimeoutMillis = millisOf("refreshTimeout", options.refreshTimeout ?? "8 seconds")
  if (leaseMillis <= refreshTimeoutMillis) {
    throw new RangeError(
      `SharedGrant ${options.name}: leaseFor (${leaseMillis} ms) must be longer than refreshTimeout (${refreshTimeoutMillis} ms)`
    )
  }
  return Effect.gen(function* () {
    const holder: GrantHolder = {
      key: options.key,
      store: yield* GrantStore,
      refresh: options.refresh,
      profile: options.profile,
      trail: yield* trailOf(options),
      leaseMillis,
      pollMillis: millisOf("pollEvery", options.pollEvery ?? "200 millis"),
      refreshTimeoutMillis,
      onStep: options.onStep ?? (() => Effect.void),
      kept: undefined,
      keptUnder: undefined,
      refused: undefined,
      settling: SharedRun.make(),
      told: undefined
    }
    const asked = SharedRun.make<Issued, SourceFailure>()
    const scope = yield* Effect.serviceOption(Scope.Scope)
    if (Option.isSome(scope)) yield* Scope.addFinalizer(scope.value, lastChance(holder, asked))
    const { revoke } = options
    return {
      name: options.name,
      issue: (ask) => issue(holder, asked, ask),
      ...(revoke === undefined ? {} : { revoke: (issued: Issued) => revokeShared(holder, revoke, issued) })
    }
  })
}

/**
 * Puts a person's new grant in the place of whatever is there, and audits it. Gives the version of its tokens.
 *
 * **Details**   Processes that share the key find it when they next look, also after the old grant's death. `by` says who,
 * or what program, did it. `provider` and `name`: where the event is filed; give those of the contract and its
 * credential, so that it stands in the same trail as what becomes of the grant. Default: the key.
 *
 * @category running
 * @since 0.1.0
 */
export const adopt = (options: {
  readonly key: string
  readonly tokens: Tokens
  readonly name?: string
  readonly provider?: string
  readonly by?: string
}): Effect.Effect<string, GrantStoreFailure, GrantStore> =>
  Effect.gen(function* () {
    const store = yield* GrantStore
    const trail = yield* trailOf({ ...options, name: options.name ?? options.key })
    const payload = { grant: freshName(), serial: 1, tokens: options.tokens }
    yield* answered("put", store.put(options.key, GrantPayload.encode(payload)))
    yield* GrantTrail.record(trail, "administered", payload, "a new grant", options.by)
    return GrantPayload.versionOf(payload)
  })

/**
 * A shared grant as the store has it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Shared {
  readonly version: string
  readonly state: GrantRecord["state"]
  readonly tokens: Tokens
}

/**
 * What the store has under the key: `undefined` when nobody put a grant there, or nobody can read it.
 *
 * @category running
 * @since 0.1.0
 */
export const read = (key: string): Effect.Effect<Shared | undefined, GrantStoreFailure, GrantStore> =>
  Effect.flatMap(GrantStore, (store) =>
    Effect.map(answered("read", store.read(key)), (record) => {
      const payload = record === undefined ? undefined : GrantPayload.decode(record)
      if (record === undefined || payload === undefined) return undefined
      return { version: GrantPayload.versionOf(payload), state: record.state, tokens: payload.tokens }
    })
  )

const issue = (
  holder: GrantHolder,
  asked: SharedRun.SharedRun<Issued, SourceFailure>,
  ask: Ask
): Effect.Effect<Issued, SourceFailure> =>
  Effect.suspend(() => {
    const isJoining = asked.running !== undefined
    return Effect.flatMap(SharedRun.join(asked, GrantFlight.run(holder, ask)), (issued) =>
      // what was got for somebody else's question may be just what this one has, or was refused
      isJoining && (issued.version === ask.previous?.version || ask.rejected.has(issued.version))
        ? issue(holder, asked, ask)
        : Effect.succeed(issued)
    )
  })

const lastChance = (holder: GrantHolder, asked: SharedRun.SharedRun<Issued, SourceFailure>): Effect.Effect<void> =>
  Effect.suspend(() => {
    const running = asked.running === undefined ? Effect.void : Effect.exit(Deferred.await(asked.running))
    const kept = Effect.suspend(() => (holder.kept === undefined ? Effect.void : GrantKeeper.keepTrying(holder)))
    return Effect.timeoutOrElse(Effect.asVoid(Effect.all([running, kept, GrantKeeper.noteTold(holder)])), {
      duration: holder.refreshTimeoutMillis + 2000,
      orElse: () => Effect.void
    })
  })

/**
 * The server is told first: a process that dies in between leaves a grant that the next refresh finds dead, and not one
 * that lives on where nobody knows of it.
 */
const revokeShared = (
  holder: GrantHolder,
  revoke: (tokens: Tokens) => Effect.Effect<void, SourceFailure>,
  issued: Issued
): Effect.Effect<void, SourceFailure> =>
  Effect.gen(function* () {
    const got = yield* stored("acquire", holder.store.acquire(holder.key, holder.leaseMillis))
    if (got._tag === "Held") {
      yield* pause(Math.min(holder.pollMillis, got.leftMillis))
      return yield* revokeShared(holder, revoke, issued)
    }
    const { fence, record } = got
    const payload = record === undefined ? undefined : GrantPayload.decode(record)
    const isSameGrant = payload !== undefined && issued.version.startsWith(`${payload.grant}.`)
    const ended =
      record === undefined || record.state === "dead" || !isSameGrant
        ? Effect.void
        : Effect.gen(function* () {
            yield* Effect.timeoutOrElse(revoke(payload.tokens), {
              duration: holder.refreshTimeoutMillis,
              orElse: () =>
                new SourceFailure({
                  reason: "unavailable",
                  detail: `no answer to the revocation in ${holder.refreshTimeoutMillis} ms`
                })
            })
            const next: GrantRecord = {
              version: record.version + 1,
              state: "dead",
              payload: GrantPayload.encode({ ...payload, tokens: { ...payload.tokens, ...nothing } }),
              refreshStartedAtMillis: undefined,
              announced: "yes"
            }
            yield* stored("commit", holder.store.commit(holder.key, fence, record.version, next))
          })
    yield* Effect.ensuring(ended, Effect.ignore(answered("release", holder.store.release(holder.key, fence))))
  })

const nothing = { accessToken: Redacted.make(""), refreshToken: undefined, extra: {} }

const trailOf = (options: {
  readonly key: string
  readonly name: string
  readonly provider?: string | undefined
}): Effect.Effect<GrantTrail.GrantTrail> =>
  Effect.gen(function* () {
    const audit = yield* Audit
    const names = options.provider === undefined ? yield* TrailNames : undefined
    const { credential, provider } = names ?? { provider: options.provider ?? options.name, credential: options.name }
    return { audit, key: options.key, provider, credential }
  })

/** 64 random bits: no two grants of a key have the same name. */
const freshName = (): string => Hex.random(16)

const millisOf = (name: string, input: Duration.Input): number => {
  const millis = Duration.toMillis(Duration.fromInputUnsafe(input))
  if (!(millis > 0 && Number.isFinite(millis))) {
    throw new RangeError(`SharedGrant: ${name} must be a finite duration longer than zero`)
  }
  return millis
}
