/**
 * What is known of the exchanges of an HTTP operation before the first one: method, template, server, and how one can
 * answer. The engine's spans and metrics of an exchange take their attributes from here.
 *
 * No path with values in it, no query and no header is ever an attribute of a metric.
 *
 * Neighbours: `OperationSeries` registers the series; `HttpOperation` puts what it needs into the binding.
 *
 * @source OpenTelemetry semantic conventions 1.44, http/http-spans, http/http-metrics
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "../Contract.ts"
import type * as Operation from "../Operation.ts"
import * as Wire from "../Wire.ts"
import * as ErrorType from "./ErrorType.ts"

/**
 * **Details**   `statuses`: the successes of the endpoint, in order. `path` is the endpoint's template.
 *
 * @category models
 * @since 0.1.0
 */
export interface Endpoint {
  readonly method: string
  readonly path: string
  readonly statuses: ReadonlyArray<number>
}

/**
 * The endpoint of an operation over HTTP, `undefined` for any other.
 *
 * @category getters
 * @since 0.1.0
 */
export const endpointOf = ({ binding }: Operation.Any): Endpoint | undefined =>
  binding._tag === "Compiled" ? binding.exchange : undefined

/**
 * The attributes that every exchange of an operation has.
 *
 * @category rules
 * @since 0.1.0
 */
export const attributesOf = (endpoint: Endpoint, { baseUrl }: Contract.Any): Readonly<Record<string, string>> => {
  const url = new URL(baseUrl)
  return {
    "http.request.method": endpoint.method,
    ...serverOf(url),
    "url.template": (url.pathname === "/" ? "" : url.pathname) + endpoint.path
  }
}

/**
 * The server at an address, as attributes. An IPv6 address stands without the brackets that it has in a URL.
 *
 * **Example** (A name, and an IPv6 address)
 *
 * ```ts import.meta.vitest
 * import * as HttpExchange from "surety/signals/HttpExchange"
 *
 * HttpExchange.serverOf(new URL("https://api.acme.example/v1")) // => { "server.address": "api.acme.example", "server.port": "443" }
 * HttpExchange.serverOf(new URL("http://[::1]:8080")) // => { "server.address": "::1", "server.port": "8080" }
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const serverOf = ({ hostname, port, protocol }: URL): Readonly<Record<string, string>> => ({
  "server.address": hostname.replace(/[[\]]/g, ""),
  "server.port": port || (protocol === "http:" ? "80" : "443")
})

/** Registered whether they are declared or not: what providers answer when they are in trouble, or we are. */
const usual = [401, 403, 429, 500, 502, 503, 504]

/**
 * The statuses that are counted each for itself; any other refusal folds to `4xx` or `5xx`, which say whose fault it is.
 *
 * @category rules
 * @since 0.1.0
 */
export const refusalsOf = ({ failures }: Operation.Any): ReadonlyArray<number> => {
  const declared = failures.flatMap((failure) => (Wire.isWire(failure) ? failure.statuses : []))
  return [...new Set([...declared, ...usual])].filter((status) => status >= 400).sort((a, b) => a - b)
}

/**
 * How an exchange can end without an answer that could be used, besides those statuses.
 *
 * @category constants
 * @since 0.1.0
 */
export const broken: ReadonlyArray<string> = [
  ...new Set(["4xx", "5xx", ...ErrorType.transport.map(({ type }) => type)])
].filter((type) => type !== "undeclared_status")

/**
 * The value of `error.type` for an exchange: the status where the answer was a refusal, else what broke.
 *
 * **Details**   `type`: the failure's. `undefined`: the exchange went well, whatever a declared failure made of its body.
 *
 * **Example** (A refusal, a body that stalls, and an error inside of a 200)
 *
 * ```ts import.meta.vitest
 * import * as HttpExchange from "surety/signals/HttpExchange"
 *
 * HttpExchange.errorTypeOf(402, "CardDeclined") // => "402"
 * HttpExchange.errorTypeOf(200, "timeout") // => "timeout"
 * HttpExchange.errorTypeOf(200, "QuotaSpent") // => undefined
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const errorTypeOf = (status: number | undefined, type: string | undefined): string | undefined =>
  type === undefined ? type : (status ?? 0) >= 400 ? String(status) : broken.find((one) => one === type)
