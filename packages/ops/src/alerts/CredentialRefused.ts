/**
 * The alert about a credential that the provider refuses: revoked, ended, or the wrong one. It watches answers and no
 * process's idea of the secret, so that it tells of a fixed key too, and of a renewed one that is refused again.
 *
 * A declared 401 is the caller's fault and costs no error budget, and a fallback makes a good call of it: no objective sees it.
 *
 * Neighbours: `CredentialAlerts` has what is known before a request is sent.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Contract from "surety/Contract"
import * as SeriesCatalog from "surety/signals/SeriesCatalog"
import * as SignalName from "surety/signals/SignalName"
import * as Wire from "surety/Wire"
import type * as Alert from "../Alert.ts"
import type * as AlertDraft from "../AlertDraft.ts"
import * as Query from "../Query.ts"
import * as Samples from "../Samples.ts"
import * as Demand from "./Demand.ts"

/** @category names @since 0.1.0 */
export const name = "IntegrationCredentialRefused"

/** Fewer refusals are no news: a caller who may not do one thing, a secret that was renewed in the middle of a call. */
const least = 3

/** More of what was sent is. One of three processes with an old key is more, a call in ten is not. */
const share = 0.25

/** What a counter does. */
type Course = (series: string) => Alert.Input

const each =
  (perMinute: number): Course =>
  (series) =>
    Samples.growing(series, perMinute)

/** At once, after so many minutes. */
const once =
  (value: number, afterMinutes: number): Course =>
  (series) =>
    Samples.steps(series, [
      [0, afterMinutes],
      [value, 1]
    ])

/**
 * Where refusals are seen.
 *
 * **Details**   `refused` and `sent`: so many of the window. `inputs`: so much a minute. `own`: what only this has.
 */
interface Evidence {
  readonly what: string
  readonly refused: string
  readonly sent: string
  readonly inputs: (refused: Course, good: number) => ReadonlyArray<Alert.Input>
  readonly own: Pick<AlertDraft.Draft, "damage" | "trials">
}

/**
 * The draft; none where no answer can be a refusal that is seen.
 *
 * **Details**   A 401 over HTTP; besides that, failures that are declared with `credential: "rejected"`. None under
 * `signals.detail: "fault"`: neither a status nor a name is exported then.
 *
 * @category constructors
 * @since 0.1.0
 */
export const drafts = (query: Query.Query): ReadonlyArray<AlertDraft.Draft> => {
  if (query.contract.credentials._tag === "NoCredential") return []
  const minutes = Demand.span(query.options, { calls: 2 * least, leastMinutes: 5 })
  const found = [...answered(query, minutes), ...declared(query, minutes)]
  if (found.length === 0) return []
  return [
    {
      name,
      summary: "the provider refuses the credential",
      meaning: `Within ${minutes} minutes the provider refused the credential at least ${least} times, and for more than a quarter of what was sent: those calls fail, and no retry helps. Refusals that a renewal made good do not count. It ends when the credential is taken again, or nobody calls.`,
      expr: found
        .map(({ refused, sent }) => `(\n  (${refused}) >= ${least}\n  and (${refused}) > ${share} * (${sent})\n)`)
        .join("\nor "),
      forMinutes: 1,
      severity: "page",
      trials: found.flatMap((one) => [...usualTrials(one, minutes), ...one.own.trials]),
      damage: found.flatMap((one) => [...usualDamage(one, minutes), ...one.own.damage])
    }
  ]
}

const titlesOf = ({ what }: Evidence) => ({
  third: `fires when a third is refused (${what})`,
  tenth: `stays silent when one in ten is refused, for want of a scope (${what})`,
  few: `stays silent at two refusals in a quiet night (${what})`,
  one: `stays silent at a single refusal among many good answers (${what})`,
  over: `is over when nobody calls any more (${what})`
})

const usualTrials = (of: Evidence, minutes: number): ReadonlyArray<AlertDraft.Trial> => {
  const { few, one, over, tenth, third } = titlesOf(of)
  return [
    { title: third, atMinutes: 10, inputs: of.inputs(each(10), 20), labels: {} },
    { title: tenth, atMinutes: 10, inputs: of.inputs(each(10), 90) },
    { title: few, atMinutes: 8, inputs: of.inputs(once(2, 5), 0) },
    { title: one, atMinutes: 8, inputs: of.inputs(once(1, 5), 100) },
    { title: over, atMinutes: minutes + 10, inputs: of.inputs(once(50, 2), 0) }
  ]
}

const usualDamage = (of: Evidence, minutes: number): ReadonlyArray<AlertDraft.Damage> => {
  const { few, over, tenth, third } = titlesOf(of)
  return [
    { from: `>= ${least}`, to: `>= ${100 * least}`, caughtBy: third },
    { from: `>= ${least}`, to: ">= 1", caughtBy: few },
    { from: `> ${share} *`, to: "> 0.5 *", caughtBy: third },
    { from: `> ${share} *`, to: "> 0.05 *", caughtBy: tenth },
    { from: `[${minutes}m]`, to: `[${minutes + 30}m]`, caughtBy: over }
  ]
}

const callsOf =
  (query: Query.Query, minutes: number) =>
  (series: string): string =>
    `sum ${query.by()} (increase(${series}[${minutes}m]))`

const status = "http.response.status_code"

/**
 * Answers of 401. A secret that is renewed is refused first and sent again as an `auth_replay`: of a call whose second answer
 * is good nothing is left, and one that is refused twice is one.
 */
const answered = (query: Query.Query, minutes: number): ReadonlyArray<Evidence> => {
  const exchanges = SeriesCatalog.of(query.contract).filter((one) => one.name === SignalName.requestDuration.name)
  const sampleOf = (is: (status: string | undefined) => boolean): string | undefined => {
    const found = exchanges.find(({ attributes }) => is(attributes[status]))
    return found === undefined ? undefined : query.sample(SignalName.requestDuration, found.attributes, "count")
  }
  const refusal = sampleOf((one) => one === "401")
  const success = sampleOf((one) => one?.startsWith("2") === true)
  if (refusal === undefined || success === undefined) return []
  const forbidden = sampleOf((one) => one === "403")
  const replay = query.sample(SignalName.attempts, {
    [SignalName.operation]: exchanges[0]?.attributes[SignalName.operation] ?? "",
    "attempt.type": "auth_replay"
  })
  const calls = callsOf(query, minutes)
  const count = (matchers: ReadonlyArray<Query.Matcher>): string =>
    calls(query.series(SignalName.requestDuration, matchers, "count"))
  const replays = calls(query.series(SignalName.attempts, [["attempt.type", "=", "auth_replay"]]))
  const inputs = (refused: Course, replayed: number, good: number): ReadonlyArray<Alert.Input> => [
    refused(refusal),
    Samples.growing(replay, replayed),
    Samples.growing(success, good)
  ]
  const again = "fires when the renewed secret is refused too"
  const renewed = "stays silent when every refusal is made good by a renewal"
  const other = "stays silent when the provider knows us and forbids it"
  return [
    {
      what: "answers of 401",
      refused: `${count([[status, "=", "401"]])} - ${replays}`,
      sent: `${count([])} - ${replays}`,
      inputs: (refused, good) => inputs(refused, 0, good),
      own: {
        trials: [
          { title: again, atMinutes: 10, inputs: inputs(each(20), 10, 5), labels: {} },
          { title: renewed, atMinutes: 10, inputs: inputs(each(10), 10, 10) },
          ...(forbidden === undefined
            ? []
            : [{ title: other, atMinutes: 10, inputs: [...inputs(each(0), 0, 10), Samples.growing(forbidden, 20)] }])
        ],
        damage: [
          { from: " - sum", to: " - 0 * sum", caughtBy: renewed },
          { from: " - sum", to: " - 2 * sum", caughtBy: again },
          ...(forbidden === undefined ? [] : [{ from: `="401"`, to: `=~"401|403"`, caughtBy: other }])
        ]
      }
    }
  ]
}

/** The failures of a contract that refuse the credential by other means than a 401. */
const refusalsOf = ({ operations }: Contract.Any) =>
  Object.values(operations).flatMap(({ failures, name: operation }) =>
    failures
      .filter((one) => one.credential === "rejected" && !(Wire.isWire(one) && one.statuses.includes(401)))
      .map(({ fault, tag }) => ({ operation, fault, tag }))
  )

/** Calls that ended with such a failure, whatever carried them. */
const declared = (query: Query.Query, minutes: number): ReadonlyArray<Evidence> => {
  const [first, ...others] = query.contract.signals.detail === "fault" ? [] : refusalsOf(query.contract)
  if (first === undefined) return []
  const sample = (attributes: Readonly<Record<string, string>>): string =>
    query.sample(SignalName.operationDuration, { [SignalName.operation]: first.operation, ...attributes }, "count")
  const refusal = sample({
    [SignalName.outcome]: "failure",
    [SignalName.errorType]: first.tag,
    [SignalName.errorFault]: first.fault
  })
  const success = sample({ [SignalName.outcome]: "success" })
  const slow = sample({
    [SignalName.outcome]: "failure",
    [SignalName.errorType]: "timeout",
    [SignalName.errorFault]: "network"
  })
  const inputs = (refused: Course, good: number): ReadonlyArray<Alert.Input> => [
    refused(refusal),
    Samples.growing(success, good)
  ]
  const calls = callsOf(query, minutes)
  const count = (matcher: Query.Matcher): string =>
    calls(query.series(SignalName.operationDuration, [matcher], "count"))
  const tags = [...new Set([first, ...others].map(({ tag }) => Query.literal(tag)))].join("|")
  const other = "stays silent when calls fail for something else"
  return [
    {
      what: "declared refusals",
      refused: count([SignalName.errorType, "=~", tags]),
      sent: count([SignalName.outcome, "!~", "rejected|cancelled"]),
      inputs,
      own: {
        trials: [{ title: other, atMinutes: 10, inputs: [...inputs(each(0), 10), Samples.growing(slow, 20)] }],
        damage: [
          {
            from: `${query.label(SignalName.errorType)}=~${Query.quote(tags)}`,
            to: `${query.label(SignalName.errorType)}!=""`,
            caughtBy: other
          }
        ]
      }
    }
  ]
}
