import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import { Credential, Degradation, Idempotency, Operation, Provider, RateLimit, Refusal, RetryMatrix, Sdk } from "surety"

const made: Array<string> = []
const vendor = Sdk.client({
  make: ({ baseUrl, secret }) => {
    const key = Redacted.value(secret)
    if (key === "bad-secret") throw new TypeError(`'${key}' is not a key`)
    made.push(`${baseUrl} ${key}`)
    return { answer: (text: string) => Promise.resolve(`${key}: ${text}`) }
  },
  classify: (error) => Sdk.undeclared({ cause: error }),
  cancellation: "abortable"
})
const common = {
  timeout: { attempt: "1 second", total: "5 seconds" },
  failures: [],
  retry: RetryMatrix.transportNever
} as const

class Vendor extends Provider.Service<Vendor>()("vendor", {
  baseUrl: "https://api.vendor.example",
  owner: "team-tests",
  criticality: "high",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("a test"), concurrency: 10 },
  credentials: Credential.bearer({ scopes: ["all"], rotateEvery: "90 days" }),
  version: { unversioned: "a test", reviewBy: "2027-01-01" },
  runbook: "https://runbooks.example/vendor",
  operations: {
    ask: Operation.read("ask", { ...common, attempt: vendor((client, text: string) => client.answer(text)) }),
    tell: Operation.mutation("tell", {
      ...common,
      idempotency: Idempotency.natural("telling twice is telling once"),
      attempt: vendor((client, text: string, attempt) => client.answer(text + Sdk.keyOf(attempt)))
    })
  }
}) {}

const holding = (current: Credential.Credentials["current"]) =>
  Layer.provide(Vendor.layer, Vendor.Credentials.layerFrom(Effect.succeed({ current })))
const layerOf = (secret: string) => Layer.provide(Vendor.layer, Vendor.Credentials.layer(Redacted.make(secret)))
const ask = (text: string) => Effect.flatMap(Vendor, (_) => _.ask(text))
const during = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.suspend(() => {
    made.length = 0
    return effect
  })

describe("Sdk.client", () => {
  it.effect("makes 1 client for 3 calls, from the address and the credential of the layer", () =>
    Effect.gen(function* () {
      const answers = yield* during(
        Effect.all([ask("a"), ask("b"), ask("c")]).pipe(Effect.provide(layerOf("secret-1")))
      )
      assert.deepStrictEqual(answers, ["secret-1: a", "secret-1: b", "secret-1: c"])
      assert.deepStrictEqual(made, ["https://api.vendor.example secret-1"])
    })
  )

  it.effect("makes a 2nd client when the credential has changed, and none when only its wrapper has", () =>
    Effect.gen(function* () {
      const secrets = ["secret-1", "secret-1", "secret-2"]
      const next = Effect.sync(() => Redacted.make(secrets.shift() ?? ""))
      yield* during(Effect.all([ask("a"), ask("b"), ask("c")]).pipe(Effect.provide(holding(next))))
      assert.deepStrictEqual(made, ["https://api.vendor.example secret-1", "https://api.vendor.example secret-2"])
    })
  )

  it.effect("shares no client between 2 layers, which may belong to 2 tenants", () =>
    Effect.gen(function* () {
      const [one, other] = yield* during(
        Effect.all([
          ask("a").pipe(Effect.provide(layerOf("secret-1"))),
          ask("a").pipe(Effect.provide(layerOf("secret-2")))
        ])
      )
      assert.deepStrictEqual([one, other], ["secret-1: a", "secret-2: a"])
      assert.strictEqual(made.length, 2)
    })
  )

  it.effect("attempts nothing while there is no credential", () =>
    Effect.gen(function* () {
      const none = Effect.fail(new Refusal.CredentialUnavailable({ credential: "vendor", why: "revoked" }))
      const error = yield* during(Effect.flip(ask("a")).pipe(Effect.provide(holding(none))))
      assert.strictEqual(error._tag === "NotAttempted" && error.reason._tag, "CredentialUnavailable")
      assert.deepStrictEqual(made, [])
    })
  )

  it.effect("keeps nothing of what make threw but its name", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(ask("a")).pipe(Effect.provide(layerOf("bad-secret")))
      const shown = Exit.isFailure(exit) ? Cause.pretty(exit.cause) + inspect(exit.cause, { depth: 9 }) : ""
      assert.include(shown, "Sdk.client: make threw TypeError")
      assert.notInclude(shown, "bad-secret")
    })
  )

  it.effect("dies, and sends nothing, where a key is asked for that the plan does not have", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.flatMap(Vendor, (_) => Effect.exit(_.tell("a"))).pipe(
        Effect.provide(layerOf("secret-1"))
      )
      assert.isTrue(Exit.hasDies(exit))
      assert.include(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "", "this operation has no idempotency key")
    })
  )
})

describe("Sdk.undeclared", () => {
  const coded = (code: string, more: object = {}) => new TypeError("fetch failed", { cause: { code, ...more } })
  const rows: ReadonlyArray<readonly [name: string, seen: Parameters<typeof Sdk.undeclared>[0], is: string]> = [
    ["200 that nobody could read", { status: 200 }, "ContractViolation decode yes"],
    ["307", { status: 307 }, "ContractViolation redirect maybe"],
    ["418", { status: 418 }, "ContractViolation undeclared_status no"],
    ["503", { status: 503 }, "UndeclaredStatus"],
    ["a refused connection", { cause: coded("ECONNREFUSED") }, "NotSent connect_refused"],
    ["a name that does not resolve", { cause: coded("ENOTFOUND") }, "NotSent dns"],
    ["a certificate that has expired", { cause: coded("CERT_HAS_EXPIRED") }, "NotSent tls"],
    ["a connect that timed out", { cause: coded("ETIMEDOUT", { syscall: "connect" }) }, "NotSent connect_timeout"],
    ["a client's own timeout", { cause: coded("ETIMEDOUT") }, "ConnectionLost timeout"],
    ["a reset", { cause: coded("ECONNRESET") }, "ConnectionLost reset"],
    ["an unreachable host on a connection in use", { cause: coded("EHOSTUNREACH") }, "ConnectionLost protocol"],
    ["a text", { cause: "boom" }, "ConnectionLost protocol"],
    ["nothing", {}, "ConnectionLost protocol"]
  ]
  for (const [name, seen, is] of rows) {
    it(`takes ${name} for ${is}`, () => {
      const failure = Sdk.undeclared(seen)
      const parts =
        failure._tag === "ContractViolation"
          ? [failure.violation, failure.acted]
          : failure._tag === "UndeclaredStatus"
            ? []
            : [failure.code]
      assert.strictEqual([failure._tag, ...parts].join(" "), is)
    })
  }

  it("ends on a cause that is its own cause", () => {
    const circle: { cause?: unknown } = {}
    circle.cause = circle
    assert.strictEqual(Sdk.undeclared({ cause: circle })._tag, "ConnectionLost")
  })
})
