/**
 * One exchange as the code of a fake provider sees it: a request that arrived
 * whole, and the response it is answered with.
 *
 * It knows nothing of faults, sockets or logs: a handler is written as if the
 * network were perfect, and `FaultScript` decides what becomes of its answer.
 *
 * Neighbours: `FakeServer` calls the handler; `AnswerPlan` turns the response into
 * bytes on a wire.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * One request, read to its end.
 *
 * **Details**   Header names are lower case. `path` is without the query. `attempt`
 * counts the requests with this key so far, from 1; without a key it counts the
 * requests with this method and path. `atMillis` counts from the server's start,
 * `unixMillis` is the time of day, both from the clock the server runs on.
 *
 * @category models
 * @since 0.1.0
 */
export interface FakeRequest {
  readonly index: number
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly key: string | undefined
  readonly attempt: number
  readonly atMillis: number
  readonly unixMillis: number
}

/**
 * What a fake provider answers.
 *
 * **Details**   No header is implied except `content-length`; an absent body is an
 * empty one. `acted: "no"` says that the provider did nothing for this answer (a refusal,
 * a replay), `note` says why, both for the log only. `end: "cut"` resets the connection
 * after the body, as a handler that breaks halfway does.
 *
 * @category models
 * @since 0.1.0
 */
export interface FakeResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly acted?: "yes" | "no"
  readonly note?: string
  readonly end?: "complete" | "cut"
}

/**
 * The code of a fake provider. Running it is what the exchange log calls `applied`.
 *
 * @category models
 * @since 0.1.0
 */
export type FakeHandler = (request: FakeRequest) => FakeResponse | Promise<FakeResponse>

/**
 * A response with a JSON body and its content type.
 *
 * **Example** (A handler that charges)
 *
 * ```ts import.meta.vitest
 * import { FakeExchange } from "surety/testing"
 *
 * FakeExchange.json(201, { id: "ch_1" }).body // => '{"id":"ch_1"}'
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): FakeResponse => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(value)
})

/**
 * The bytes of a response body.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toBytes = (response: FakeResponse): Uint8Array =>
  response.body === undefined
    ? empty
    : typeof response.body === "string"
      ? encoder.encode(response.body)
      : response.body

const encoder = new TextEncoder()
const empty = new Uint8Array(0)
