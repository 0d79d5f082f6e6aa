/** A provider that quotes what it was sent: the key, the headers that carry it and the query, in every form. */
import { FakeServer, type FakeExchange, type FaultScript } from "surety/testing"

export interface Quoting {
  readonly status: number
  readonly shape: keyof typeof shapes
}

const lower = (text: string) => text.replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase())
const base64 = (text: string) => Buffer.from(text).toString("base64")
const escaped = (text: string) =>
  [...text].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")

/** What a provider may know of a secret, as it may write it. */
export const quotes = (secret: string, request: FakeExchange.FakeRequest): ReadonlyArray<string> => {
  const sent = ["authorization", "x-api-key", "x-signature"].flatMap((name) => request.headers[name] ?? [])
  const query = [...request.query.values()]
  return [secret, ...sent, ...query].flatMap((text) => [
    text,
    base64(text),
    base64(`${text}:`),
    base64(`user:${text}`),
    base64(`id:${text}`),
    Buffer.from(text).toString("base64url"),
    encodeURIComponent(text),
    lower(encodeURIComponent(text)),
    encodeURIComponent(base64(text))
  ])
}

/** The envelopes of both providers at once, with a quote in every member that a failure may carry. */
const envelope = (said: string, types: { readonly type: string; readonly code?: string }) => ({
  message: said,
  documentation_url: `https://docs.example/${said}`,
  errors: [
    { resource: said, field: said, code: said, message: said },
    { resource: "Issue", field: "title", code: "custom", message: said }
  ],
  error: {
    type: types.type,
    code: types.code ?? said,
    decline_code: said,
    advice_code: said,
    param: said,
    message: said,
    charge: said,
    doc_url: said,
    payment_intent: { id: said, status: said }
  },
  [said]: said
})

const json = (body: string): Pick<FakeExchange.FakeResponse, "body" | "headers"> => ({
  body,
  headers: { "content-type": "application/json" }
})

const shapes = {
  "the provider's envelope": (said: string) => json(JSON.stringify(envelope(said, { type: "invalid_request_error" }))),
  "the provider's envelope, of another type": (said: string) =>
    json(JSON.stringify(envelope(said, { type: "card_error", code: "rate_limit" }))),
  "an envelope whose every character is escaped": (said: string) =>
    json(
      JSON.stringify(envelope("QUOTE", { type: "api_error" }))
        .split("QUOTE")
        .join(escaped(said))
    ),
  "another envelope": (said: string) => json(JSON.stringify({ detail: said, sent: { [said]: [said] } })),
  "a JSON text": (said: string) => json(JSON.stringify(said)),
  "JSON that was cut off": (said: string) => json(JSON.stringify(envelope(said, { type: "api_error" })).slice(0, 90)),
  "a short text that says it is JSON": (said: string) => json(said.slice(0, 18)),
  "a text that says it is JSON": (said: string) => json(said),
  "a page": (said: string) => ({ body: `<p>${said}</p>`, headers: { "content-type": "text/html" } })
} satisfies Record<string, (said: string) => Pick<FakeExchange.FakeResponse, "body" | "headers">>

export const shapeNames = Object.keys(shapes) as ReadonlyArray<keyof typeof shapes>

/** Headers that a client reads or shows, and one that nobody knows. */
const headerNames = [
  "request-id",
  "x-github-request-id",
  "www-authenticate",
  "location",
  "link",
  "retry-after",
  "stripe-rate-limited-reason",
  "original-request",
  "stripe-notice",
  "x-ratelimit-resource",
  "x-ratelimit-reset",
  "x-accepted-github-permissions",
  "x-echo"
]

/** A header can hold what is visible ASCII; the rest goes in percent form. */
const headerValue = (text: string) => text.replace(/[^\x20-\x7e]/g, (one) => encodeURIComponent(one))

export interface EchoServer extends FakeServer.FakeServer {
  /** the requests, with their credentials */
  readonly seen: ReadonlyArray<FakeExchange.FakeRequest>
}

export const make = (
  secret: string,
  quoting: Quoting,
  options: { readonly script?: FaultScript.FaultScript; readonly location?: string } = {}
): EchoServer => {
  const seen: Array<FakeExchange.FakeRequest> = []
  const server = FakeServer.make({
    ...(options.script === undefined ? {} : { script: options.script }),
    credentialHeaders: ["authorization", "x-api-key", "x-signature"],
    handle: (request) => {
      seen.push(request)
      const said = quotes(secret, request)
      const { body, headers } = shapes[quoting.shape](said.join(" | "))
      const quoted = headerValue(said.slice(0, 8).join(" ; "))
      return {
        status: quoting.status,
        body: body ?? "",
        headers: {
          ...Object.fromEntries(headerNames.map((name) => [name, quoted])),
          ...headers,
          ...(options.location === undefined
            ? {}
            : { location: options.location, link: `<${options.location}>; rel="next"` })
        }
      }
    }
  })
  return { ...server, seen }
}
