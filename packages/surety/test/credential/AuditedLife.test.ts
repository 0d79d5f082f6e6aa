import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Auditor, Lifecycle, LiveSecrets, SecretNet } from "surety/credential"
import { Scripted } from "./LifecycleRig.ts"
import { sink } from "./Trail.ts"

describe("a credential whose life is audited, behind the second net", () => {
  it.effect(
    "B7 and B12: 1000 calls over 1 refresh leave a trail of facts and fingerprints, and no secret in it or in the log",
    () =>
      Effect.gen(function* () {
        const to = sink()
        const lines: Array<string> = []
        const logger = Logger.map(Logger.formatJson, (line) => void lines.push(line))
        const telemetry = SecretNet.over(
          Layer.merge(
            Auditor.layer({ actor: "checkout-7", sinks: [to], key: Redacted.make("a key that all share") }),
            Logger.layer([logger])
          )
        )
        yield* Effect.gen(function* () {
          const credentials = yield* Lifecycle.make(new Scripted({ lives: 600_000 }), {
            provider: "acme/Payments",
            credential: "bearer"
          })
          for (let i = 0; i < 1000; i++) {
            const secret = yield* credentials.current
            credentials.used?.(secret, "charge", undefined)
            if (i % 100 === 0) yield* Effect.logError(`refused Bearer ${Redacted.value(secret)}`)
            yield* TestClock.adjust("1 second")
          }
        }).pipe(Effect.scoped, Effect.provide(telemetry))

        const used = to.kept.filter(({ kind }) => kind === "used")
        assert.strictEqual(
          used.reduce((sum, { count }) => sum + (count ?? 0), 0),
          1000
        )
        // 1 event per version at once, and 1 a minute
        assert.isBelow(used.length, 25)
        assert.isTrue(to.kept.every(({ actor, provider }) => actor === "checkout-7" && provider === "acme/Payments"))
        assert.isTrue(
          used.every(({ fingerprint, operation }) => /^[0-9a-f]{16}$/.test(fingerprint ?? "") && operation === "charge")
        )
        assert.isAtLeast(new Set(used.map(({ fingerprint }) => fingerprint)).size, 2)
        assert.strictEqual(new Set(to.kept.map(({ id }) => id)).size, to.kept.length)
        assert.strictEqual(lines.filter((line) => line.includes("refused Bearer <redacted>")).length, 10)
        assert.notMatch(JSON.stringify(to.kept) + lines.join(), /secret-\d/)
        assert.isTrue(LiveSecrets.isEmpty())
      })
  )
})
