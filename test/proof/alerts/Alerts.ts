/** The whole proof: the scenes, one after another on one rig, and what they say together. */
import * as CircuitAlerts from "@surety/ops/alerts/CircuitAlerts"
import * as RetryAlerts from "@surety/ops/alerts/RetryAlerts"
import * as SloAlerts from "@surety/ops/alerts/SloAlerts"
import { Payments } from "../../../examples/main/Payments.ts"
import * as Declared from "./Declared.ts"
import * as Report from "./Report.ts"
import { Rig } from "./Rig.ts"
import * as Scene from "./Scene.ts"
import * as Tools from "./Tools.ts"

export interface Options {
  readonly scale: number
  readonly scenes: ReadonlyArray<Scene.Name>
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
}

/**
 * `others`: what else was told, by rule; `explained` says whether a provider that is down explains it. `misrouted`: messages
 * that went to somebody else than declared, or with another runbook. `early`: what was told before anything had happened.
 */
export interface Found {
  readonly scale: number
  readonly scrapeMillis: number
  readonly servers: { readonly prometheus: string | undefined; readonly alertmanager: string | undefined }
  readonly observed: ReadonlyArray<Scene.Observed>
  readonly others: ReadonlyArray<{ readonly id: string; readonly severity: string; readonly explained: boolean }>
  readonly early: ReadonlyArray<string>
  readonly misrouted: ReadonlyArray<string>
  readonly rules: { readonly rules: number; readonly broken: ReadonlyArray<string> }
  readonly seconds: number
}

export interface Outcome {
  readonly holds: boolean
  readonly found: Found
  readonly figures: Report.Figures
  readonly text: string
}

/** Alerts that a provider which comes and goes may bring about, beside those that a scene is about. */
const ofAnOutage: ReadonlyArray<string> = [
  SloAlerts.burn,
  SloAlerts.exhausted,
  SloAlerts.latency,
  RetryAlerts.exhausted,
  RetryAlerts.amplified,
  CircuitAlerts.open,
  CircuitAlerts.flapping
]

export const run = async ({ progress, scale, scenes, signal }: Options): Promise<Outcome> => {
  const from = performance.now()
  await using rig = new Rig({ contract: Payments.contract, scale, signal, progress })
  progress(Report.heading(scale, rig.scrapeMillis))
  await rig.start()
  // all is well, and nobody is told anything
  await rig.pause(2_000 + rig.scaled(60_000))
  const early = rig.told.map(({ labels }) => labels["alertname"] ?? "")
  const observed: Array<Scene.Observed> = []
  for (const name of scenes) {
    progress(`${name}:`)
    observed.push(...(await Scene.play[name](rig)))
  }
  const found: Found = {
    scale,
    scrapeMillis: rig.scrapeMillis,
    servers: { prometheus: Tools.versionOf(Tools.prometheus), alertmanager: Tools.versionOf(Tools.alertmanager) },
    observed,
    others: othersOf(rig, observed),
    early,
    misrouted: misroutedOf(rig),
    rules: await rig.health(),
    seconds: Math.round((performance.now() - from) / 1_000)
  }
  return { holds: holds(found), found, figures: Report.figures(found), text: Report.text(found, holds(found)) }
}

/** Everything came as declared, where it was declared to go, and nothing came that nothing explains. */
export const holds = ({ early, misrouted, observed, others, rules }: Found): boolean =>
  observed.length > 0 &&
  observed.every(Scene.holds) &&
  early.length === 0 &&
  misrouted.length === 0 &&
  others.every(({ explained }) => explained) &&
  rules.rules > 0 &&
  rules.broken.length === 0

const othersOf = ({ declared, told }: Rig, observed: ReadonlyArray<Scene.Observed>): Found["others"] => {
  const known = new Set(observed.map(({ rule }) => rule))
  const others = told.flatMap(({ labels }) => {
    const rule = Declared.ruleOf(declared, labels)
    return rule === undefined || known.has(rule) ? [] : [rule]
  })
  return [...new Set(others)].map(({ id, labels, name }) => ({
    id,
    severity: labels["severity"] ?? "",
    explained: ofAnOutage.includes(name)
  }))
}

const misroutedOf = ({ declared, told }: Rig): ReadonlyArray<string> =>
  told.flatMap(({ annotations, labels, receiver }) => {
    const rule = Declared.ruleOf(declared, labels)
    const isRight =
      rule !== undefined &&
      receiver === Declared.receiver(declared, rule) &&
      annotations["runbook_url"] === rule.annotations["runbook_url"]
    return isRight ? [] : [`${labels["alertname"]} to ${receiver}`]
  })
