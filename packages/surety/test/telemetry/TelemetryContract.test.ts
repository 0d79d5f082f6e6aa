import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { Credential, Operation } from "surety"
import { CredentialSeries, QueueSeries, SeriesCatalog } from "surety/signals"
import { TelemetryContract } from "surety/testing"
import { declare, failures, retry, Scripted, timeout } from "../engine/Scripted.ts"

const read = Operation.read("read", { timeout, failures, retry, attempt: new Scripted({}).attempt<string> })
const Acme = declare({ read })
const contracts = [Acme]

describe("TelemetryContract", () => {
  for (const profile of ["effect", "otel-sdk", "otlp"] as const) {
    it.effect(`finds every series of a contract at 0 in the spelling "${profile}"`, () =>
      Effect.gen(function* () {
        const { series } = yield* TelemetryContract.check(Acme.layer, { contracts, profile })
        assert.isAtLeast(series, SeriesCatalog.of(Acme.contract).length)
      })
    )
  }

  it.effect("names every series of a provider whose layer was forgotten", () =>
    Effect.gen(function* () {
      const gap = yield* Effect.flip(TelemetryContract.check(Layer.empty, { contracts }))
      assert.isAtLeast(gap.gaps.length, SeriesCatalog.of(Acme.contract).length)
      assert.isTrue(gap.gaps.every(({ because }) => because === "absent"))
      assert.match(
        gap.message,
        /^\d+ series are not on the first scrape as promised \(profile "effect"\)\n  absent: integration_/
      )
      assert.match(gap.message, /\n  and \d+ more\n  Nothing registers a provider of them here: /)
    })
  )

  it.effect("names what a credential and a queue promise, where nobody registers it: none of a fixed key", () =>
    Effect.gen(function* () {
      const managed = {
        ...Acme.contract,
        credentials: Credential.bearer({ name: "acme-key", scopes: [], rotateEvery: "90 days" })
      }
      const queues = { [Acme.contract.id]: ["outbox"] }
      const { gaps } = yield* Effect.flip(TelemetryContract.check(Acme.layer, { contracts: [managed], queues }))
      const named = (pattern: RegExp) => gaps.filter(({ selector }) => pattern.test(selector)).length
      assert.strictEqual(named(/^integration_credential_.*"acme-key"/), CredentialSeries.of("acme", "acme-key").length)
      assert.strictEqual(named(/^integration_queue_.*"outbox"/), QueueSeries.of("acme", "outbox").length)
      const fixed = yield* Effect.flip(
        TelemetryContract.check(Acme.layer, { contracts: [managed], queues, credential: "fixed" })
      )
      assert.isFalse(fixed.gaps.some(({ selector }) => selector.startsWith("integration_credential_")))
    })
  )

  it.effect("says what to do when nothing but the series of a credential is missing, in 2 spellings", () =>
    Effect.gen(function* () {
      const credentials = Credential.bearer({ name: "acme-key", scopes: [], rotateEvery: "90 days" })
      const { gaps } = yield* Effect.flip(
        TelemetryContract.check(Acme.layer, { contracts: [{ ...Acme.contract, credentials }] })
      )
      const own = gaps.filter(({ selector }) => selector.includes('"acme-key"'))
      const said = (given: typeof gaps) =>
        new TelemetryContract.TelemetryGap({ profile: "effect", gaps: given }).message
      assert.match(said(own), /\n {2}A key without a Lifecycle exports none of them: .*credential: "fixed"/)
      assert.match(said([{ selector: "integration.credential.expiry", because: "absent" }]), /Lifecycle/)
      // a layer was forgotten, or a metric is wrong: this would not mend it
      assert.notInclude(said([...own, { selector: "integration_attempts", because: "absent" }]), "Lifecycle")
      assert.notInclude(said([{ selector: "integration_credential_expiry", because: "not_zero" }]), "Lifecycle")
      assert.notInclude(said([]), "Lifecycle")
    })
  )

  it.effect("says what to do where selectors are of another profile, and where a provider is of another contract", () =>
    Effect.gen(function* () {
      const said = (profile: "effect" | "otlp", selectors: ReadonlyArray<string>) =>
        Effect.map(
          Effect.flip(TelemetryContract.check(Acme.layer, { contracts, profile, selectors })),
          ({ message }) => message.split("\n").at(-1) ?? ""
        )
      const otlp = "integration_attempts_total"
      const histogram = 'http_client_request_duration_seconds_count{integration_provider_name="acme"}'
      assert.match(yield* said("effect", [otlp]), /^ {2}Some are spelled as profile "otel-sdk" has them: /)
      assert.match(yield* said("effect", [histogram]), /^ {2}Some are spelled as profile "otlp" has them: /)
      assert.match(
        yield* said("otlp", ["integration_attempts"]),
        /^ {2}Some are spelled as profile "effect" has them: /
      )
      assert.strictEqual(yield* said("effect", ["integration_atempts"]), "  absent: integration_atempts")
      const copy = { ...Acme.contract, owner: "team-other" }
      const { message } = yield* Effect.flip(TelemetryContract.check(Acme.layer, { contracts: [copy] }))
      assert.match(message, /\n {2}A provider is here under another contract: /)
    })
  )

  it.effect("finds the selectors of rules, and tells of 1 that finds nothing and 1 that is none", () =>
    Effect.gen(function* () {
      const selectors = [
        'integration_operation_duration_count{integration_provider_name="acme",error_fault=~"provider|network"}',
        'integration_circuit_breaker_state{state="closed",integration_provider_name!=""}',
        'integration_attempts{attempt_type="orginal"}',
        "rate(integration_attempts[5m])"
      ]
      const { gaps } = yield* Effect.flip(TelemetryContract.check(Acme.layer, { contracts, selectors }))
      assert.deepStrictEqual(gaps, [
        { selector: 'integration_attempts{attempt_type="orginal"}', because: "absent" },
        { selector: "rate(integration_attempts[5m])", because: "unreadable" }
      ])
    })
  )

  it.effect("tells of a counter that begins at 1, of a bucket that is not there, and of a line that is not valid", () =>
    Effect.gen(function* () {
      const { page } = yield* TelemetryContract.check(Acme.layer, { contracts })
      const first = (pattern: RegExp) => pattern.exec(page)?.[0] ?? ""
      const attempt = first(/integration_attempts\{.*original.* 0/)
      const bucket = first(/integration_operation_duration_bucket\{.*le="0\.25".* 0/)
      const worse = page.replace(attempt, attempt.replace(/0$/, "1")).replace(bucket, 'twice{a="1",a="2"} 1')
      const { gaps } = yield* Effect.flip(
        TelemetryContract.check(Acme.layer, { contracts, scrape: Effect.succeed(worse) })
      )
      assert.deepStrictEqual(gaps.map(({ because }) => because).sort(), ["malformed", "no_bucket", "not_zero"])
      assert.include(gaps.find(({ because }) => because === "no_bucket")?.selector, 'le="0.25"')
    })
  )

  it.effect("tells of a selector that finds a counter above 0, and of none that finds a gauge above 0", () =>
    Effect.gen(function* () {
      const { page } = yield* TelemetryContract.check(Acme.layer, { contracts })
      const more = ["# TYPE jobs counter", 'jobs{of="a"} 2', "# TYPE age gauge", "age 7", "", page].join("\n")
      const { gaps } = yield* Effect.flip(
        TelemetryContract.check(Acme.layer, {
          contracts,
          selectors: ['jobs{of="a"}', "age"],
          scrape: Effect.succeed(more)
        })
      )
      assert.deepStrictEqual(gaps, [{ selector: 'jobs{of="a"}', because: "not_zero" }])
    })
  )

  it.effect("does not mistake the series of another program in this process for the application's", () =>
    Effect.gen(function* () {
      yield* Metric.update(Metric.counter("orders", { incremental: true }), 1)
      const { gaps } = yield* Effect.flip(
        TelemetryContract.check(Layer.empty, { contracts: [], selectors: ["orders"] })
      )
      assert.strictEqual(gaps.length, 1)
    })
  )
})
