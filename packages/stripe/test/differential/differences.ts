/**
 * Everything in which ours differs from the official SDK, with the reason. The
 * differential test fails when something differs that is not listed here, and when
 * something is listed here that no longer differs.
 */
import type { Aspect } from "./Observation.ts"

export interface Difference {
  readonly scenario: string
  readonly aspect: Exclude<Aspect, "headers">
  readonly sdk: unknown
  readonly ours: unknown
  readonly because: string
}

export interface HeaderDifference {
  readonly header: string
  readonly only: "sdk" | "ours"
  readonly because: string
}

const throttled =
  "Stripe's documentation advises to try a 429 again with backoff; the SDK leaves that to its caller. Ours does it, " +
  "within the deadline and paid from the retry budget, so that it can not become a storm."

const unknown =
  "The charge may have happened. The SDK's error is the same as after a request that did nothing; ours has a type of " +
  "its own that carries the key with which to ask again."

const exhausted =
  "Ours says how often it tried, and by its type that nothing was applied: after a limiter, after a connection that " +
  "was never made, and for a read."

const stored =
  "The second answer is marked as a replay of the first: for this key Stripe will say nothing else for a day. Ours " +
  "stops there; the SDK sends a third request that can not change anything."

const brokenBody =
  "An answer that breaks off is a lost connection, and under its key the request is safe to send again: ours learns " +
  "that the order was charged. The SDK retries only until it has the head of an answer, and reports a failure for an " +
  "order that was charged."

export const differences: ReadonlyArray<Difference> = [
  ...among("429, then well", throttled, [
    ["statuses", [429], [429, 200]],
    ["waits", [], [0]],
    ["outcome", "limited", 'well: "succeeded, 1999 received"'],
    ["charged", {}, { "o-1": 1 }]
  ]),
  ...among("429 for a read, then well", throttled, [
    ["statuses", [429], [429, 200]],
    ["waits", [], [0]],
    ["outcome", "limited", "well: 0"]
  ]),
  ...among("400 rate_limit, then well", throttled, [
    ["statuses", [400], [400, 200]],
    ["waits", [], [0]],
    ["outcome", "limited", 'well: "succeeded, 1999 received"'],
    ["charged", {}, { "o-1": 1 }]
  ]),
  ...among("429 three times", throttled, [
    ["statuses", [429], [429, 429, 429]],
    ["waits", [], [0, 0]]
  ]),
  ...among("429 three times", exhausted, [["outcome", "limited", "RetriesExhausted: limited"]]),

  ...among("503 three times before the execution", unknown, [
    ["outcome", "provider failed", "OutcomeUnknown: provider failed"]
  ]),
  ...among(
    "503 that names a wait of 1 s, then well",
    "A wait that the provider names is a floor: ours never asks sooner. The SDK does not read Retry-After.",
    [["waits", [0], [1]]]
  ),
  ...among("500 after the charge, stored", stored, [
    ["statuses", [500, 500, 500], [500, 500]],
    ["waits", [0, 0], [0]]
  ]),
  ...among("500 after the charge, stored", unknown, [
    ["outcome", "provider failed", "OutcomeUnknown: provider failed"]
  ]),
  ...among("500 that rolled back, stored", stored, [
    ["statuses", [500, 500, 500], [500, 500]],
    ["waits", [0, 0], [0]]
  ]),
  ...among("500 that rolled back, stored", unknown, [
    ["outcome", "provider failed", "OutcomeUnknown: provider failed"]
  ]),
  ...among("500 after the charge that says not to retry", unknown, [
    ["outcome", "provider failed", "OutcomeUnknown: provider failed"]
  ]),
  ...among("502 from an edge, in HTML, three times", unknown, [
    ["outcome", "provider failed", "OutcomeUnknown: provider failed"]
  ]),
  ...among(
    "200 in HTML",
    "The provider said well and sent something that is no payment intent: that is the contract drifting, not an " +
      "outage, and an alert of its own.",
    [["outcome", "provider failed", "contract not kept"]]
  ),

  ...among("reset after the charge, three times", unknown, [["outcome", "connection", "OutcomeUnknown: connection"]]),
  ...among("reset three times for a read", exhausted, [["outcome", "connection", "RetriesExhausted: connection"]]),
  ...among("nobody listens", exhausted, [["outcome", "connection", "RetriesExhausted: connection"]]),
  ...among("the body is cut after 20 bytes, then well", brokenBody, [
    ["statuses", [200], [200, 200]],
    ["waits", [], [0]],
    ["outcome", "connection", 'well: "succeeded, 1999 received"']
  ]),
  ...among("the body stops halfway, then well", brokenBody, [
    ["statuses", [200], [200, 200]],
    ["waits", [], [0]],
    ["outcome", "connection", 'well: "succeeded, 1999 received"']
  ]),

  ...among("a key of 256 characters", "The limit is part of the plan, so the key is refused before anything is sent.", [
    ["statuses", [400], []],
    [
      "sent",
      [
        'POST /v1/payment_intents {"amount":"1999","confirm":"true","currency":"eur","metadata":{"note to self":' +
          '"50% of ü & [x]=1","order_id":"o-1"},"payment_method":"pm_card_visa"}'
      ],
      []
    ],
    ["keys", ["POST /v1/payment_intents: key 1"], []],
    ["outcome", "invalid", "NotAttempted: KeyRefused"]
  ])
]

const machine = "It tells the provider about the machine and the runtime that call it. Ours says nothing of them."

export const headerDifferences: ReadonlyArray<HeaderDifference> = [
  { header: "GET user-agent", only: "sdk", because: machine },
  { header: "POST user-agent", only: "sdk", because: machine },
  { header: "GET x-stripe-client-user-agent", only: "sdk", because: machine },
  { header: "POST x-stripe-client-user-agent", only: "sdk", because: machine },
  { header: "GET content-type", only: "sdk", because: "A request without a body has no content type." }
]

function among(
  scenario: string,
  because: string,
  rows: ReadonlyArray<readonly [Difference["aspect"], sdk: unknown, ours: unknown]>
): ReadonlyArray<Difference> {
  return rows.map(([aspect, sdk, ours]) => ({ scenario, aspect, sdk, ours, because }))
}
