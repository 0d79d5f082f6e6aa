/** The whole proof: the scenes, one after another on one rig, and what they say together. */
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
 * `others`: what else was told, by rule; `expected` says whether a scene that had begun by then names it. `misrouted`:
 * messages that went to somebody else than declared, or with another runbook. `early`: what was told before anything had
 * happened.
 */
export interface Found {
  readonly scale: number
  readonly scrapeMillis: number
  readonly servers: { readonly prometheus: string | undefined; readonly alertmanager: string | undefined }
  readonly observed: ReadonlyArray<Scene.Observed>
  readonly others: ReadonlyArray<{ readonly id: string; readonly severity: string; readonly expected: boolean }>
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

export const run = async ({ progress, scale, scenes, signal }: Options): Promise<Outcome> => {
  const from = performance.now()
  await using rig = new Rig({ contract: Payments.contract, scale, signal, progress })
  progress(Report.heading(scale, rig.scrapeMillis))
  await rig.start()
  // all is well, and nobody is told anything
  await rig.pause(2_000 + rig.scaled(60_000))
  const early = rig.told.map(({ labels }) => labels["alertname"] ?? "")
  const played: Array<Scene.Played & { readonly fromMillis: number }> = []
  for (const name of scenes) {
    progress(`${name}:`)
    const fromMillis = performance.now()
    played.push({ fromMillis, ...(await Scene.play[name](rig)) })
  }
  const observed = played.flatMap((scene) => scene.observed)
  const found: Found = {
    scale,
    scrapeMillis: rig.scrapeMillis,
    servers: { prometheus: Tools.versionOf(Tools.prometheus), alertmanager: Tools.versionOf(Tools.alertmanager) },
    observed,
    others: othersOf(rig, played),
    early,
    misrouted: misroutedOf(rig),
    rules: await rig.health(),
    seconds: Math.round((performance.now() - from) / 1_000)
  }
  return { holds: holds(found), found, figures: Report.figures(found), text: Report.text(found, holds(found)) }
}

/** Everything came as declared, where it was declared to go, and nothing came that no scene names. */
export const holds = ({ early, misrouted, observed, others, rules }: Found): boolean =>
  observed.length > 0 &&
  observed.every(Scene.holds) &&
  early.length === 0 &&
  misrouted.length === 0 &&
  others.every(({ expected }) => expected) &&
  rules.rules > 0 &&
  rules.broken.length === 0

/** What was told and not observed; an alert belongs to the scene in which it was told, or to one before it. */
export const othersOf = (
  { declared, told }: Pick<Rig, "declared" | "told">,
  played: ReadonlyArray<Scene.Played & { readonly fromMillis: number }>
): Found["others"] => {
  const found = new Map<string, Found["others"][number]>()
  for (const { atMillis, labels } of told) {
    const rule = Declared.ruleOf(declared, labels)
    const begun = played.filter(({ fromMillis }) => fromMillis <= atMillis)
    if (rule !== undefined && begun.some(({ observed }) => observed.some((one) => one.rule === rule))) continue
    const id = rule?.id ?? labels["alertname"] ?? ""
    const expected = rule !== undefined && begun.some(({ also }) => also.includes(rule))
    found.set(id, {
      id,
      severity: labels["severity"] ?? "",
      expected: expected && (found.get(id)?.expected ?? true)
    })
  }
  return [...found.values()]
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
