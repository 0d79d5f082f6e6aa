import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { Lifecycle, LiveSecrets } from "surety/credential"
import { failure, issue, kinds, make, metrics, Scripted, sent, settle, watched } from "./LifecycleRig.ts"

const hour = 3_600_000
const isReadable = (secret: Redacted.Redacted<string>): boolean => {
  try {
    return Redacted.value(secret) !== ""
  } catch {
    return false
  }
}

/** A lifecycle in a scope that the test closes. */
const opened = (source: Scripted, options: Partial<Lifecycle.Options> = {}) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const credentials = yield* Scope.provide(make(source, options), scope)
    return { credentials, close: Scope.close(scope, Exit.void) }
  })

describe("the end of a scope", () => {
  it.effect("B5: keeps the secret at its issuer by default, wipes it here, and gives nothing any more", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = new Scripted()
        const { close, credentials } = yield* opened(source)
        const secret = yield* credentials.current
        yield* close
        assert.deepStrictEqual(source.revoked, [])
        assert.isFalse(isReadable(secret))
        const refusal = yield* Effect.flip(credentials.current)
        assert.strictEqual(refusal.message, 'Credential "key" is not available: its layer was closed')
        assert.deepStrictEqual(kinds(seen), ["requested", "granted"])
        assert.deepStrictEqual(yield* metrics, {})
        assert.strictEqual(source.count, 1)
      })
    )
  )

  it.effect("B5: tells the issuer when asked to, and audits it", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = new Scripted()
        const { close } = yield* opened(source, { onClose: "revoke" })
        yield* close
        assert.deepStrictEqual(source.revoked, ["v1"])
        const revoked = seen.events.at(-1)
        assert.deepStrictEqual(
          [revoked?.kind, revoked?.purpose, revoked?.version, revoked?.fingerprint],
          ["revoked", "close", "v1", "print-of-1"]
        )
      })
    )
  )

  const broken: ReadonlyArray<readonly [string, Effect.Effect<void, never>, string, number]> = [
    ["refuses", failure("unavailable", "status 500") as never, "unavailable: status 500", 0],
    ["dies", Effect.die(new Error("CANARY")), "unavailable: the source died; nothing of that is shown here", 0],
    ["hangs", Effect.never, "unavailable: no answer within 3000 ms", 3000],
    [
      "hangs and cannot be interrupted",
      Effect.uninterruptible(Effect.sleep("1 hour")),
      "unavailable: no answer within 3000 ms",
      3000
    ]
  ]
  for (const [what, revoke, detail, took] of broken) {
    it.effect(`B5: takes ${took} ms and is audited when the issuer ${what}`, () =>
      watched((seen) =>
        Effect.gen(function* () {
          const { close, credentials } = yield* opened(new Scripted({}, revoke), { onClose: "revoke" })
          const secret = yield* credentials.current
          const closing = yield* Effect.forkChild(Effect.andThen(close, Clock.currentTimeMillis))
          yield* TestClock.adjust("1 minute")
          assert.strictEqual(yield* Fiber.join(closing), took === 0 ? 0 : took)
          assert.deepStrictEqual([seen.events.at(-1)?.kind, seen.events.at(-1)?.detail], ["revoke-failed", detail])
          assert.isFalse(isReadable(secret))
        })
      )
    )
  }

  it.effect("ends a question that is open, and with it the 3 calls that wait for it", () =>
    watched(() =>
      Effect.gen(function* () {
        let interrupted = 0
        const source = new Scripted(() => Effect.onInterrupt(Effect.never, () => Effect.sync(() => interrupted++)))
        const { close, credentials } = yield* opened(source, { start: "lazy" })
        const calls = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(Effect.flip(credentials.current)))
        yield* settle
        yield* close
        for (const call of calls) assert.strictEqual((yield* Fiber.join(call)).why, "its layer was closed")
        assert.strictEqual(interrupted, 1)
      })
    )
  )

  it.effect("ends the keep-alive: nothing is asked in the hour after it", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted({ lives: hour })
        const { close } = yield* opened(source, { keepAliveEvery: "10 minutes" })
        yield* TestClock.adjust("35 minutes")
        assert.strictEqual(source.count, 4)
        yield* close
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(source.count, 4)
      })
    )
  )
})

describe("a secret that was replaced", () => {
  it.effect(
    "B9: can be read by calls that hold it for 5 minutes, is scrubbed from texts so long, and is wiped then",
    () =>
      watched(() =>
        Effect.gen(function* () {
          const source = new Scripted({ lives: hour })
          const credentials = yield* make(source)
          const first = yield* credentials.current
          yield* TestClock.adjust(hour - 200_000)
          yield* credentials.current
          yield* settle
          assert.strictEqual(yield* sent(credentials), "secret-2")
          yield* TestClock.adjust("299 seconds")
          assert.isTrue(isReadable(first))
          assert.strictEqual(LiveSecrets.scrub("secret-1 secret-2"), "<redacted> <redacted>")
          yield* TestClock.adjust("1 second")
          assert.isFalse(isReadable(first))
          assert.strictEqual(LiveSecrets.scrub("secret-1 secret-2"), "secret-1 <redacted>")
          assert.strictEqual(yield* sent(credentials), "secret-2")
        })
      )
  )

  it.effect("B9: and comes back within that time is not wiped", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted((_ask, n) => issue(n === 2 ? 2 : 1, { recheck: 5000 }))
        const credentials = yield* make(source)
        yield* TestClock.adjust("5 seconds")
        yield* credentials.current
        yield* settle
        assert.strictEqual(yield* sent(credentials), "secret-2")
        yield* TestClock.adjust("5 seconds")
        yield* credentials.current
        yield* settle
        yield* TestClock.adjust("10 minutes")
        assert.strictEqual(yield* sent(credentials), "secret-1")
      })
    )
  )

  it.effect("is the source's own wrapper no more: wiping ours leaves that as it is", () =>
    watched(() =>
      Effect.gen(function* () {
        const given = Redacted.make("shared-secret")
        const source = new Scripted((_ask, n) => Effect.map(issue(n), (issued) => ({ ...issued, secret: given })))
        const { close, credentials } = yield* opened(source)
        assert.strictEqual(yield* sent(credentials), "shared-secret")
        yield* close
        assert.strictEqual(Redacted.value(given), "shared-secret")
      })
    )
  )
})

describe("Lifecycle.control", () => {
  it.effect("says how the credential is, without its secret", () =>
    watched(() =>
      Effect.gen(function* () {
        const source = new Scripted({ lives: hour, scopes: ["charges:write"] })
        const credentials = yield* make(source)
        const control = Lifecycle.control(credentials)
        const { expiresAt, ...fresh } = control?.status() ?? {}
        assert.deepStrictEqual(fresh, {
          state: "fresh",
          health: "healthy",
          version: "v1",
          fingerprint: "print-of-1",
          scopes: ["charges:write"],
          lastFailure: undefined
        })
        assert.strictEqual(String(expiresAt), "DateTime.Utc(1970-01-01T01:00:00.000Z)")
        source.next = () => failure("rejected", "invalid_client")
        yield* TestClock.adjust(hour - 200_000)
        yield* credentials.current
        yield* settle
        const degraded = control?.status()
        assert.deepStrictEqual([degraded?.state, degraded?.health], ["advisory", "degraded"])
        const { at, ...last } = degraded?.lastFailure ?? {}
        assert.deepStrictEqual(last, {
          reason: "rejected",
          detail: "invalid_client",
          inARow: 1,
          askAgainInMillis: 30_000
        })
        assert.strictEqual(String(at), "DateTime.Utc(1970-01-01T00:56:40.000Z)")
        assert.notInclude(JSON.stringify(degraded), "secret-1")
        assert.isUndefined(Lifecycle.control({ current: credentials.current }))
      })
    )
  )

  it.effect("B4: revokes at the issuer, wipes the copy, and refuses later calls without a question", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = new Scripted()
        const credentials = yield* make(source)
        const secret = yield* credentials.current
        const control = Lifecycle.control(credentials)
        if (control !== undefined) yield* control.revoke("ana: posted in a ticket")
        for (let i = 0; i < 100; i++) {
          const refusal = yield* Effect.flip(credentials.current)
          assert.strictEqual(refusal.why, "it was revoked by hand here; renew it to use it again")
          yield* TestClock.adjust("10 seconds")
        }
        assert.deepStrictEqual(source.revoked, ["v1"])
        assert.strictEqual(source.count, 1)
        assert.isFalse(isReadable(secret))
        const verdict = credentials.rejected?.(secret, { status: 401, headers: {} }, "charge", "allowed")
        assert.deepStrictEqual(yield* verdict ?? Effect.die("none"), { _tag: "Final" })
        assert.deepStrictEqual(
          seen.events.slice(2).map(({ detail, kind, purpose }) => [kind, purpose, detail]),
          [
            ["administered", "ana: posted in a ticket", "revoke"],
            ["revoked", "ana: posted in a ticket", undefined]
          ]
        )
        assert.strictEqual(control?.status().state, "revoked")
        assert.strictEqual((yield* metrics)["state unavailable"], 1)
      })
    )
  )

  it.effect("B4: refuses calls also when the issuer was not told, and says so to who asked", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = new Scripted({}, failure("unavailable", "status 503") as never)
        const credentials = yield* make(source)
        const failed = yield* Effect.flip(Lifecycle.control(credentials)?.revoke("ana") ?? Effect.die("none"))
        assert.strictEqual(failed.message, "The credential source failed (unavailable): status 503")
        assert.strictEqual(seen.events.at(-1)?.kind, "revoke-failed")
        assert.isTrue(Exit.isFailure(yield* Effect.exit(credentials.current)))
      })
    )
  )

  it.effect("renews at once, whatever failed before, and ends a revocation", () =>
    watched((seen) =>
      Effect.gen(function* () {
        const source = new Scripted(() => failure("misconfigured", "invalid_scope"))
        const credentials = yield* make(source, { start: "lazy" })
        const control = Lifecycle.control(credentials)
        yield* Effect.flip(credentials.current)
        source.next = (_ask, n) => issue(n)
        const renewed = yield* control?.renew("ana: scope added") ?? Effect.die("none")
        assert.deepStrictEqual([renewed.state, renewed.version, renewed.lastFailure?.inARow], ["fresh", "v2", 0])
        yield* control?.revoke("ana") ?? Effect.void
        yield* control?.renew("ana: it was another key") ?? Effect.void
        assert.strictEqual(yield* sent(credentials), "secret-3")
        assert.deepStrictEqual(
          kinds(seen).filter((kind) => kind !== "requested"),
          ["denied", "administered", "granted", "administered", "revoked", "administered", "granted"]
        )
        source.next = () => failure("unavailable")
        assert.strictEqual((yield* control?.renew("ana") ?? Effect.die("none")).health, "degraded")
      })
    )
  )
})
