/**
 * Program: `npm run proof -- credentials` and `npm run proof -- alerts`. Runs real processes against real servers on
 * loopback, kills some of them, and counts what the servers saw. With `--json` the last line is one object.
 *
 * It ends with 1 when a promise does not hold, with 2 when it was asked for something that there is not, or what it needs is
 * not installed, and with 130 after Ctrl-C.
 */
import { parseArgs, type ParseArgsConfig } from "node:util"
import * as Alerts from "./alerts/Alerts.ts"
import * as Scene from "./alerts/Scene.ts"
import * as Tools from "./alerts/Tools.ts"
import * as Credentials from "./credentials/Credentials.ts"
import * as Stores from "./credentials/Stores.ts"

const usage = `npm run proof -- credentials [--json] [options]

  --processes N        processes that share the grant        (4)
  --fibers N           calls at once in each of them         (50)
  --rounds N           expiries                              (100)
  --store KIND         redis, sql (Postgres) or sqlite       (redis)
  --traffic-seconds N  seconds of traffic after the rounds   (20)
  --seconds N          seconds of traffic for each flip      (12)
  --per-second N       calls per second at the flips         (500)
  --only PART          storm, crash or flip                  (all)

npm run proof -- alerts [--json] [options]

  --scale N            divides every duration of the rules   (20)
                       and routes; 1 is what is deployed,
                       and takes two hours and a half
  --only SCENE         outage, flapping, credential or       (all)
                       absence; may be given more than once
`

const refuse = (text: string): never => {
  process.stderr.write(`${text}\n\n${usage}`)
  process.exit(2)
}

type Values = Readonly<Record<string, unknown>>

const options = {
  credentials: {
    processes: { type: "string", default: "4" },
    fibers: { type: "string", default: "50" },
    rounds: { type: "string", default: "100" },
    store: { type: "string", default: "redis" },
    "traffic-seconds": { type: "string", default: "20" },
    seconds: { type: "string", default: "12" },
    "per-second": { type: "string", default: "500" },
    only: { type: "string", default: "all" }
  },
  alerts: {
    scale: { type: "string", default: "20" },
    only: { type: "string", multiple: true, default: [...Scene.names] }
  }
} as const satisfies Record<string, ParseArgsConfig["options"]>

type Proof = keyof typeof options

const common = { json: { type: "boolean", default: false }, help: { type: "boolean", default: false } } as const

const isProof = (name: string | undefined): name is Proof => name !== undefined && Object.hasOwn(options, name)

const read = (): { readonly proof: Proof; readonly values: Values } => {
  const proof = process.argv.slice(2).find((argument) => !argument.startsWith("-"))
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { ...common, ...(isProof(proof) ? options[proof] : {}) }
    })
    if (values.help) {
      process.stdout.write(usage)
      process.exit(0)
    }
    if (positionals.length === 1 && isProof(proof)) return { proof, values }
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
  return refuse(`The proofs are: ${Object.keys(options).join(", ")}.`)
}

const { proof, values } = read()

const whole = (name: string): number => {
  const number = Number(values[name])
  return Number.isInteger(number) && number > 0 ? number : refuse(`--${name} must be a whole number above 0.`)
}

const oneOf = <A extends string>(name: string, value: unknown, known: ReadonlyArray<A>): A =>
  known.find((one) => one === value) ?? refuse(`--${name} is one of ${known.join(", ")}.`)

const json = values["json"] === true

// in --json the output is for a program; the progress is for whoever waits for it
const progress = (line: string): void => void (json ? process.stderr : process.stdout).write(`${line}\n`)

const credentials = () =>
  Credentials.run({
    processes: whole("processes"),
    fibers: whole("fibers"),
    rounds: whole("rounds"),
    store: oneOf("store", values["store"], Stores.kinds),
    trafficSeconds: whole("traffic-seconds"),
    seconds: whole("seconds"),
    perSecond: whole("per-second"),
    only: oneOf("only", values["only"], Credentials.parts),
    progress
  })

const alerts = () => {
  const only = [values["only"]].flat().map((name) => oneOf("only", name, Scene.names))
  const scale = whole("scale")
  const missing = Tools.missing()
  if (missing.length > 0) {
    process.stderr.write(
      `Not installed: ${missing.join(", ")}. On Debian: apt-get install --no-install-recommends prometheus prometheus-alertmanager\n`
    )
    process.exit(2)
  }
  const stop = new AbortController()
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort())
  return Alerts.run({
    scale,
    scenes: Scene.names.filter((name) => only.includes(name)),
    signal: stop.signal,
    progress
  }).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
    progress("Stopped. Nothing is left running.")
    return process.exit(130)
  })
}

const outcome = await { alerts, credentials }[proof]()
process.stdout.write(json ? `${JSON.stringify(outcome.figures)}\n` : outcome.text)
process.exitCode = outcome.holds ? 0 : 1
