/**
 * Ours, as the differential test runs it: the declared contract with waits of a few
 * milliseconds, so that what differs is not the clock.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Backoff from "surety/Backoff"
import * as Degradation from "surety/Degradation"
import * as UndiciTransport from "surety/http/undici"
import * as Provider from "surety/Provider"
import * as StripeContract from "../../src/StripeContract.ts"

const quick = Backoff.exponential({ base: "2 millis", cap: "5 millis", maxAttempts: 3, jitter: "full" })
const patience = { attempt: "5 seconds", total: "20 seconds" } as const
const haste = { attempt: "250 millis", total: "5 seconds" } as const

const deployment = {
  owner: "test",
  criticality: "low",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "1 second" }, window: "1 day" },
  runbook: "https://runbooks.example/stripe",
  requestsPerSecond: { account: 1_000, endpoint: 1_000 },
  rules: { transient: quick, throttled: quick }
} as const

export class Patient extends Provider.Service<Patient>()(
  "test/Patient",
  StripeContract.make({ ...deployment, time: { mutation: patience, read: patience } })
) {}

export class Hasty extends Provider.Service<Hasty>()(
  "test/Hasty",
  StripeContract.make({ ...deployment, time: { mutation: haste, read: haste } })
) {}

export type Ours = Patient["Service"]

/** Runs a program against the provider at a URL. */
export const run = <A, E>(
  program: (stripe: Ours) => Effect.Effect<A, E>,
  at: { readonly url: string; readonly apiKey: string; readonly time: "patient" | "hasty" }
): Effect.Effect<A, E> => {
  const secret = Redacted.make(at.apiKey)
  return at.time === "patient"
    ? Effect.flatMap(Patient, program).pipe(
        Effect.provide(
          Patient.layerAt(at.url).pipe(Layer.provide([UndiciTransport.layer, Patient.Credentials.layer(secret)]))
        )
      )
    : Effect.flatMap(Hasty, program).pipe(
        Effect.provide(
          Hasty.layerAt(at.url).pipe(Layer.provide([UndiciTransport.layer, Hasty.Credentials.layer(secret)]))
        )
      )
}
