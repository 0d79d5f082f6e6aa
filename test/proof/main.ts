/**
 * Program: `npm run proof -- credentials`. Runs real processes against real servers and stores on loopback, kills some of
 * them, and counts what the servers saw. With `--json` the last line is one object.
 *
 * It ends with 1 when a promise does not hold, and with 2 when it was asked for something that there is not.
 */
import { parseArgs } from "node:util"
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
`

const refuse = (text: string): never => {
  process.stderr.write(`${text}\n\n${usage}`)
  process.exit(2)
}

const read = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        processes: { type: "string", default: "4" },
        fibers: { type: "string", default: "50" },
        rounds: { type: "string", default: "100" },
        store: { type: "string", default: "redis" },
        "traffic-seconds": { type: "string", default: "20" },
        seconds: { type: "string", default: "12" },
        "per-second": { type: "string", default: "500" },
        only: { type: "string", default: "all" }
      }
    })
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

const { positionals, values } = read()
if (values.help) {
  process.stdout.write(usage)
  process.exit(0)
}
if (positionals.join() !== "credentials") refuse("There is one proof: credentials.")

const whole = (name: keyof typeof values): number => {
  const number = Number(values[name])
  return Number.isInteger(number) && number > 0 ? number : refuse(`--${name} must be a whole number above 0.`)
}

const oneOf = <A extends string>(name: keyof typeof values, known: ReadonlyArray<A>): A =>
  known.find((one) => one === values[name]) ?? refuse(`--${name} is one of ${known.join(", ")}.`)

const json = values.json
const outcome = await Credentials.run({
  processes: whole("processes"),
  fibers: whole("fibers"),
  rounds: whole("rounds"),
  store: oneOf("store", Stores.kinds),
  trafficSeconds: whole("traffic-seconds"),
  seconds: whole("seconds"),
  perSecond: whole("per-second"),
  only: oneOf("only", Credentials.parts),
  // in --json the output is for a program; the progress is for whoever waits for it
  progress: (line) => void (json ? process.stderr : process.stdout).write(`${line}\n`)
})
process.stdout.write(json ? `${JSON.stringify(outcome.figures)}\n` : outcome.text)
process.exitCode = outcome.holds ? 0 : 1
