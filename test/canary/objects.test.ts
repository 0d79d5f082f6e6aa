// B12: what stands around a call: the service, its layers, its credentials, its contract; and what the contract declares.
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Failure } from "surety"
import * as Wire from "surety/Wire"
import { Canary, FakeProvider, FakeServer, FakeTransport, Fault, FaultScript, Sample } from "surety/testing"
import { snapshot } from "./Snapshot.ts"
import { shipped } from "./Subject.ts"
import * as Sweep from "./Sweep.ts"

const secret = "sk_live_CANARY7f3a91c2e5d8b604"

/** Every text in it is the secret. */
const quoting = (value: unknown): unknown =>
  typeof value === "string"
    ? `it was ${secret}`
    : Array.isArray(value)
      ? value.map(quoting)
      : Object.getPrototypeOf(value ?? 0) === Object.prototype
        ? Object.fromEntries(Object.entries(value as object).map(([name, held]) => [name, quoting(held)]))
        : value

/** A declared failure with the secret in every field that takes any text. */
const failureWith = (wire: Wire.Any): Failure.Any => {
  const sample = Sample.failure(wire, { seed: 1, fields: "all" })!
  const make = wire.failure as unknown as new (props: object) => Failure.Any
  let props: Record<string, unknown> = Object.fromEntries(
    Object.keys(wire.failure.fields).flatMap((name) => {
      const held: unknown = sample[name as keyof typeof sample]
      return held === undefined ? [] : [[name, held]]
    })
  )
  for (const [name, held] of Object.entries(props)) {
    const next = { ...props, [name]: quoting(held) }
    try {
      new make(next)
      props = next
    } catch {
      // a field with fixed words
    }
  }
  return new make(props)
}

const tagsIn = (exit: Exit.Exit<unknown, unknown>): ReadonlyArray<string> => {
  if (Exit.isSuccess(exit)) return []
  const error = Cause.squash(exit.cause) as { readonly _tag: string; readonly reason?: { readonly _tag: string } }
  return [error._tag, error.reason?._tag ?? ""]
}

for (const subject of shipped) {
  describe(`B12: ${subject.name}`, () => {
    it.effect("holds the secret in no object: service, layers, transport, credentials, contract, dossier, log", () =>
      Effect.gen(function* () {
        const { server } = FakeProvider.make(subject as never)
        const credentials = subject.credentials(Redacted.make(secret))
        const transport = FakeTransport.layer(server)
        const layer = subject.layerAt(subject.baseUrl).pipe(Layer.provide([transport, credentials]))
        const program = Effect.gen(function* () {
          for (const call of Object.values(subject.calls)) yield* call(layer)
          yield* Canary.show("the service", yield* subject.service(layer))
          yield* Canary.show("the context", yield* Layer.build(Layer.merge(credentials, transport)))
          yield* Canary.show("the layers", { layer, credentials, transport })
          yield* Canary.show("the provider", subject)
          yield* Canary.show("the fake", server)
        })
        const exit = yield* Canary.assertNoLeak(Effect.scoped(program), [secret], {
          contracts: [subject],
          logs: [server.log],
          render: { snapshot }
        })
        assert.isTrue(Exit.isSuccess(exit))
      })
    )

    const wires = new Map<string, Wire.Any>()
    for (const { failures } of Object.values(subject.contract.operations)) {
      for (const failure of failures) if (Wire.isWire(failure)) wires.set(failure.tag, failure)
    }

    it.effect(
      `decodes each of its ${wires.size} declared failures with the secret in every text, and shows it in none`,
      () =>
        Effect.gen(function* () {
          const servers = [...wires.values()].map((wire) => {
            const { body, headers, status } = wire.encode(failureWith(wire))
            return FakeServer.make({
              handle: () => ({
                status: wire.statuses.includes(status) ? status : wire.statuses[0]!,
                body: JSON.stringify(body),
                headers: { "content-type": "application/json", ...headers }
              })
            })
          })
          const ends = yield* Sweep.sweep(
            subject,
            servers.map((server) => Sweep.inMemory(subject, server)),
            secret
          )
          const met = new Set(ends.flatMap(tagsIn))
          assert.deepStrictEqual(
            [...wires.keys()].filter((tag) => !met.has(tag)),
            []
          )
        })
    )

    it.effect("keeps the secret of layerFake out of everything under 3 scripts", () =>
      Effect.forEach(
        [
          FaultScript.none,
          FaultScript.repeat(Fault.resetAfter),
          FaultScript.repeat(Fault.respond({ status: 401, body: "fake-secret" }))
        ],
        (script) => Sweep.sweepFake(subject, script),
        { discard: true }
      )
    )

    it.effect("is found out when the result of a call quotes the secret: the sweep is awake", () =>
      Effect.gen(function* () {
        const { server } = FakeProvider.make(subject as never)
        const echoing: FakeServer.FakeServer = FakeServer.make({
          handle: async (request) => {
            const { apply } = server.admit({
              method: request.method,
              target: `${request.path}?${String(request.query)}`,
              headers: request.headers,
              body: request.body,
              bodyBytes: request.body.length,
              nowMillis: request.unixMillis
            })
            const { body, ...rest } = await apply()
            return {
              ...rest,
              body: String(body).replace(
                /"id":"[^"]*"|"login":"[^"]*"/,
                (found) => `${found.split(":")[0]}:"${secret}"`
              )
            }
          }
        })
        const found = yield* Effect.flip(Sweep.sweep(subject, [Sweep.inMemory(subject, echoing)], secret))
        assert.includeMembers([...found.sinks], ["json", "inspect", "properties"])
      })
    )
  })
}
