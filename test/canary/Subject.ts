/** Every shipped provider with one call of each operation, and retries that are soon over. */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { GithubContract } from "@surety/github"
import { StripeContract } from "@surety/stripe"
import { Backoff, Degradation, Provider } from "surety"
import type * as Contract from "surety/Contract"
import type { Transport } from "surety/http/Transport"
import type { FaultScript } from "surety/testing"

export interface Subject {
  readonly name: string
  readonly contract: Contract.Any
  /** One call of each operation, by its name. A new layer for each, so that no guard of one call refuses another. */
  readonly calls: Readonly<Record<string, (layer: Layer.Layer<Service>) => Effect.Effect<unknown, unknown>>>
  readonly service: (layer: Layer.Layer<Service>) => Effect.Effect<unknown>
  readonly layerAt: (url: string) => Layer.Layer<Service, never, Transport | Needed>
  readonly layerFake: (fake: FaultScript.FaultScript) => Layer.Layer<Service>
  readonly baseUrl: string
  readonly credentials: (secret: Redacted.Redacted<string>) => Layer.Layer<Needed>
}

/** The service and the credentials of whichever provider it is: tests hand layers through, and never look inside. */
export interface Service {
  readonly "~test/Service": never
}
export interface Needed {
  readonly "~test/Needed": never
}

const quick = Backoff.exponential({ base: "1 millis", cap: "2 millis", maxAttempts: 2, jitter: "full" })
const time = { attempt: "4 seconds", total: "20 seconds" } as const
const rules = { transient: quick, throttled: quick }
const deployment = {
  owner: "test",
  criticality: "low",
  degradation: Degradation.fail,
  slo: { availability: 0.9, latency: { p99: "1 second" }, window: "1 day" },
  runbook: "https://runbooks.example/test"
} as const

export class Stripe extends Provider.Service<Stripe>()(
  "canary/Stripe",
  StripeContract.make({ ...deployment, rules, time: { read: time, mutation: time } })
) {}

export class Github extends Provider.Service<Github>()(
  "canary/Github",
  GithubContract.make({
    ...deployment,
    rules,
    spacing: "1 millis",
    time: { read: time, mutation: time, settle: "1 millis" }
  })
) {}

/** A provider, seen without its types. */
export const make = <Self extends { readonly contract: unknown }>(
  provider: Self,
  name: string,
  calls: Readonly<Record<string, Effect.Effect<unknown, unknown, never> | Effect.Effect<unknown, unknown, unknown>>>
): Subject => {
  const any = provider as unknown as {
    readonly contract: Contract.Any
    readonly layerAt: Subject["layerAt"]
    readonly layerFake: Subject["layerFake"]
    readonly Credentials: { readonly layer: Subject["credentials"] }
  } & Effect.Effect<unknown, never, Service>
  return {
    name,
    contract: any.contract,
    calls: Object.fromEntries(
      Object.entries(calls).map(([operation, call]) => [
        operation,
        (layer) => Effect.provide(call as Effect.Effect<unknown, unknown, Service>, layer, { local: true })
      ])
    ),
    service: (layer) => Effect.provide(any, layer, { local: true }),
    layerAt: any.layerAt,
    layerFake: any.layerFake,
    baseUrl: any.contract.baseUrl,
    credentials: any.Credentials.layer
  }
}

const withStripe = <A, E>(call: (stripe: typeof Stripe.Service) => Effect.Effect<A, E>) => Effect.flatMap(Stripe, call)
const withGithub = <A, E>(call: (github: typeof Github.Service) => Effect.Effect<A, E>) => Effect.flatMap(Github, call)
const id = { params: { id: "pi_1" } }
const key = { idempotencyKey: "order-1" }
const repository = { owner: "octo", repo: "hello" }
const issue = { params: { ...repository, issue_number: 1 } }

export const stripe = make(Stripe, "stripe", {
  createPaymentIntent: withStripe((_) => _.createPaymentIntent({ payload: { amount: 1999, currency: "eur" } }, key)),
  confirmPaymentIntent: withStripe((_) => _.confirmPaymentIntent({ ...id, payload: {} }, key)),
  capturePaymentIntent: withStripe((_) => _.capturePaymentIntent({ ...id, payload: {} }, key)),
  cancelPaymentIntent: withStripe((_) => _.cancelPaymentIntent({ ...id, payload: {} })),
  retrievePaymentIntent: withStripe((_) => _.retrievePaymentIntent(id)),
  listPaymentIntents: withStripe((_) => _.listPaymentIntents({ query: {} })),
  createRefund: withStripe((_) => _.createRefund({ payload: { payment_intent: "pi_1" } }, key)),
  retrieveRefund: withStripe((_) => _.retrieveRefund(id)),
  createCustomer: withStripe((_) => _.createCustomer({ payload: {} })),
  retrieveCustomer: withStripe((_) => _.retrieveCustomer(id))
})

export const github = make(Github, "github", {
  getIssue: withGithub((_) => _.getIssue(issue)),
  listIssues: withGithub((_) => _.listIssues({ params: repository, query: {} })),
  createIssue: withGithub((_) => _.createIssue({ params: repository, payload: { title: "a title" } })),
  listComments: withGithub((_) => _.listComments({ params: repository, query: {} })),
  createComment: withGithub((_) => _.createComment({ ...issue, payload: { body: "a comment" } })),
  searchIssues: withGithub((_) => _.searchIssues({ query: { q: "is:open" } })),
  rateLimit: withGithub((_) => _.rateLimit())
})

export const shipped = [stripe, github]
