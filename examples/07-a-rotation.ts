// A key is rotated while charges are made. The provider refuses the old one from one moment to the next, before the
// program was told: no charge fails, none is made twice, and the audit trail says who used which version.
import { Effect, Layer, Redacted } from "effect"
import { type Audit, Auditor, Lifecycle, StaticSource } from "surety/credential"
import { FakeExchange, FakeServer, FakeTransport } from "surety/testing"
import { Payments } from "./Payments.ts"

// the provider: takes one key at a time
let accepted = "sk_2026_10"
const server = FakeServer.make({
  handle: ({ body, headers, index }) =>
    headers["authorization"] === `Bearer ${accepted}`
      ? FakeExchange.json(200, { id: `ch_${index}`, ...JSON.parse(body) })
      : FakeExchange.json(401, { error: "invalid key" })
})

// where our key comes from: a mounted file or a secret store in earnest, and here a value that is replaced
const source = StaticSource.make({ current: Redacted.make("sk_2026_10") })

const events: Array<Audit.Event> = []
const trail = Auditor.layer({
  actor: "checkout-1",
  sinks: [{ name: "example", append: (batch) => Effect.sync(() => void events.push(...batch)) }]
})
const layer = Payments.layer.pipe(
  Layer.provide(Lifecycle.layer(Payments, source)),
  Layer.provide(Layer.merge(trail, FakeTransport.layer(server)))
)

const charge = (order: number) =>
  Effect.gen(function* () {
    const payments = yield* Payments
    const { id } = yield* payments.charge({ payload: { amount: 1999 } }, { idempotencyKey: `order-${order}` })
    return id
  })

const program = Effect.gen(function* () {
  const before = yield* Effect.all([charge(1), charge(2), charge(3)])
  yield* source.replace(Redacted.make("sk_2026_11"))
  accepted = "sk_2026_11"
  const after = yield* Effect.all([charge(4), charge(5), charge(6)], { concurrency: 3 })
  return [...before, ...after]
})

const ids = await Effect.runPromise(Effect.provide(program, layer))
console.log("charges: ", ids.length, "of 6, of different ids:", new Set(ids).size)
console.log("answers: ", server.log.statuses().join(" "))
console.log(
  "requests:",
  server.log
    .keys()
    .map((key) => `${key} ×${server.log.attempts(key).length}`)
    .join(", ")
)
console.log("trail:")
for (const { count, credential, kind, operation, version } of events) {
  const use = operation === undefined ? "" : ` by ${operation}${count === undefined ? "" : ` ×${count}`}`
  console.log(`  ${kind.padEnd(9)} ${credential}${version === undefined ? "" : ` version ${version}`}${use}`)
}
