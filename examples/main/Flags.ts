/** What the command line says. Nothing here prints or exits. */
import { parseArgs } from "node:util"

export const runNames = ["surety", "effect", "cockatiel"] as const

export type RunName = (typeof runNames)[number]

export interface Flags {
  readonly seed: number
  readonly orders: number
  readonly only: ReadonlyArray<RunName>
  readonly providerUrl: string | undefined
  /** by whom the orders are charged at `providerUrl` */
  readonly apiKey: string
  readonly peersSendKeys: boolean
  readonly json: boolean
  /** where the metrics of the run with surety are served on loopback; 0: any free port */
  readonly metricsPort: number
}

export type Command =
  | { readonly _tag: "Run"; readonly flags: Flags }
  | { readonly _tag: "Help" }
  | { readonly _tag: "Wrong"; readonly why: string }

export const help = `Usage: npm start -- [options]

An order service charges 2,000 orders through a provider that has a bad day:
with surety, with Effect's HttpClient, and with cockatiel around fetch.

Options
  --seed N              the same bad day again, 0 to 4294967295 (default 1)
  --orders N            how many orders, 1 to 20000 (default 2000)
  --only NAME           surety, effect or cockatiel; may be given more than once
  --json                one JSON object as the only line on stdout
  --peer-keys           effect and cockatiel send an idempotency key per order,
                        as a careful caller would write by hand
  --provider-url URL    charge at this server, which speaks Stripe's v1 format,
                        with the test key in STRIPE_API_KEY, else sk_test_fake;
                        what only a ledger knows is left out then
  --metrics-port N      serve the metrics of the run with surety on this port of
                        loopback while it runs (default: any that is free)
  --help                this text

Exit code: 0; 1 when surety doubled, lost or gave up an order; 2 for options
that make no sense; 130 after Ctrl-C.
`

export const parse = (args: ReadonlyArray<string>, env: Readonly<Record<string, string | undefined>>): Command => {
  try {
    const { values } = parseArgs({ args: [...args], options, allowPositionals: false, strict: true })
    if (values.help === true) return { _tag: "Help" }
    return {
      _tag: "Run",
      flags: {
        seed: integer("--seed", values.seed ?? "1", 0, 4_294_967_295),
        orders: integer("--orders", values.orders ?? "2000", 1, 20_000),
        only: names(values.only ?? runNames),
        providerUrl: values["provider-url"] === undefined ? undefined : origin(values["provider-url"]),
        apiKey: testKey(env["STRIPE_API_KEY"] ?? "sk_test_fake"),
        peersSendKeys: values["peer-keys"] === true,
        json: values.json === true,
        metricsPort: integer("--metrics-port", values["metrics-port"] ?? "0", 0, 65_535)
      }
    }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    return { _tag: "Wrong", why: said.split(". ")[0] ?? said }
  }
}

const options = {
  seed: { type: "string" },
  orders: { type: "string" },
  only: { type: "string", multiple: true },
  "provider-url": { type: "string" },
  "peer-keys": { type: "boolean" },
  json: { type: "boolean" },
  "metrics-port": { type: "string" },
  help: { type: "boolean", short: "h" }
} as const

const integer = (flag: string, text: string, least: number, most: number): number => {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new RangeError(`${flag} takes a whole number from ${least} to ${most}, not '${text}'`)
}

const names = (given: ReadonlyArray<string>): ReadonlyArray<RunName> => {
  const wrong = given.find((name) => !runNames.some((known) => known === name))
  if (wrong !== undefined) throw new RangeError(`--only takes ${runNames.join(", ")}, not '${wrong}'`)
  return runNames.filter((name) => given.includes(name))
}

const origin = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isOrigin = url?.pathname === "/" && url.search === "" && url.username === ""
  if (url !== undefined && isOrigin && /^https?:$/.test(url.protocol)) return url.origin
  throw new RangeError(`--provider-url takes an address such as http://127.0.0.1:4242, not '${text}'`)
}

const testKey = (key: string): string => {
  // this program charges thousands of orders that nobody placed
  if (!key.includes("_live_")) return key
  throw new RangeError("STRIPE_API_KEY holds a live key; this program takes test keys only")
}
