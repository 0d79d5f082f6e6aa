/**
 * What can be seen of one run of a client against the fake: what it sent, how often, how
 * it ended, and what the ledger says. Two observations are compared aspect by aspect.
 */
import * as Result from "effect/Result"
import type { FakeRequest } from "surety/testing/FakeExchange"
import * as Form from "../../src/testing/Form.ts"
import type { ServedStripe } from "../ServedStripe.ts"

/**
 * - `statuses`: what each attempt was answered with, `-` where the answer did not get
 *   through; its length is the number of attempts
 * - `sent`: each distinct request once, with its parameters, whatever their order and escaping
 * - `keys`: for each distinct request, the keys it was sent under: numbered by first
 *   appearance, `none` without
 * - `headers`: method by method, each header that is the client's choice, by name, and
 *   the version by value; compared header by header
 * - `waits`: 1 where a second or more lay between one attempt and the next, else 0
 * - `outcome`: what the caller was told
 * - `charged`: charges by order, from the ledger
 * - `refunded`: money given back
 */
export interface Observation {
  readonly statuses: ReadonlyArray<number | "-">
  readonly sent: ReadonlyArray<string>
  readonly keys: ReadonlyArray<string>
  readonly headers: ReadonlyArray<string>
  readonly waits: ReadonlyArray<number>
  readonly outcome: string
  readonly charged: Readonly<Record<string, number>>
  readonly refunded: number
}

export type Aspect = keyof Observation

export const observe = (served: ServedStripe, outcome: string): Observation => {
  const keys = new Map<string, Set<string>>()
  const names: Array<string> = []
  for (const { key, method, path } of served.log.entries) {
    const request = `${method} ${path}`
    if (key !== undefined && !names.includes(key)) names.push(key)
    const used = keys.get(request) ?? new Set()
    keys.set(request, used.add(key === undefined ? "none" : `key ${names.indexOf(key) + 1}`))
  }
  const charged: Record<string, number> = {}
  for (const charge of served.fake.ledger.charges) {
    const order = charge.orderId ?? "no order"
    charged[order] = (charged[order] ?? 0) + 1
  }
  return {
    statuses: served.log.entries.map((entry) => entry.status ?? "-"),
    sent: distinct(served.handled.map(toText)),
    keys: [...keys].map(([request, used]) => `${request}: ${[...used].join(", ")}`),
    headers: distinct(
      served.log.entries.flatMap(({ method, requestHeaders: headers }) =>
        Object.keys(headers)
          .filter((name) => !connection.includes(name))
          .map((name) => `${method} ${name}${name === "stripe-version" ? ` ${headers[name]}` : ""}`)
      )
    ),
    waits: served.log.entries
      .slice(1)
      .map(({ atMillis }, index) => (atMillis - served.log.entries[index]!.atMillis < 1000 ? 0 : 1)),
    outcome,
    charged,
    refunded: served.fake.account.refunds.newestFirst().reduce((sum, refund) => sum + refund.amount, 0)
  }
}

/** Headers of the connection, not of the request. */
const connection = ["connection", "content-length", "host", "transfer-encoding"]

const toText = ({ body, method, path, query }: FakeRequest): string =>
  `${method} ${path} ${Form.toCanonical(
    Result.getOrThrow(Form.fromPairs(method === "GET" ? query : new URLSearchParams(body)))
  )}`

const distinct = (texts: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(texts)]
