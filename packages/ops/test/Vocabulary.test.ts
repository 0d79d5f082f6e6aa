/** A rule that asks for a label, or a value, that nobody emits is never true, and no server says so. */
import { describe, expect, it } from "@effect/vitest"
import { Lint, Ops, Query } from "@surety/ops"
import * as Vocabulary from "@surety/ops/Vocabulary"
import * as ExportProfile from "surety/signals/ExportProfile"
import * as Selector from "surety/signals/Selector"
import { all, local } from "./rig/Contracts.ts"

const queues = { outbox: { maxAge: "10 minutes", maxDepth: 5 } } as const
const selector = { namespace: "shop" }

const expressionsOf = ({ alerts, groups, panels }: Lint.Subject): ReadonlyArray<string> => [
  ...groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
  ...alerts.map(({ expr }) => expr),
  ...panels
]

/** Labels whose values a contract cannot know. */
const free = new Set(["hash", "version", "owner", "criticality", "namespace", "job", "instance"])

/** Every way to misspell one label or one value of an expression. */
const misspelled = (expr: string): ReadonlyArray<string> => [
  ...Selector.within(expr).flatMap(({ matchers, text }) =>
    matchers.flatMap(({ label, value }) => {
      const damage = (from: string, to: string): string => expr.replaceAll(text, text.replace(from, to))
      const quoted = Query.quote(value)
      const [first = ""] = quoted.slice(1, -1).split("|")
      return [
        damage(`${label}=`, `${label}x=`),
        damage(`${label}!`, `${label}x!`),
        ...(value === "" || free.has(label) ? [] : [damage(quoted, quoted.replace(/^"|[|]/g, "$&x"))]),
        ...(value === "" || free.has(label) || label === "le"
          ? []
          : [damage(quoted, quoted.replace(first, `${first}x`))])
      ]
    })
  ),
  ...[...Query.groupingsOf(expr)].flatMap((label) =>
    expr.replace(new RegExp(`(\\((?:[\\w, ]*, )?)${label}(?=[,)])`), `$1${label}x`)
  )
]

describe("rules, alerts and panels of 6 contracts", () => {
  for (const profile of ExportProfile.profiles) {
    it(`ask for series that are emitted, and every misspelled label or value is found, spelled for ${profile}`, () => {
      let tried = 0
      for (const contract of all) {
        const options = { profile, queues, selector, environment: "prod" }
        const subject = Lint.subjectOf(contract, options)
        const known = Vocabulary.make(subject.series, subject.groups, options)
        const missed = new Set<string>()
        for (const expr of new Set(expressionsOf(subject))) {
          expect(Vocabulary.check(known, expr), expr).toEqual([])
          for (const wrong of new Set(misspelled(expr))) {
            if (wrong === expr) continue
            tried++
            if (Vocabulary.check(known, wrong).length === 0) missed.add(wrong)
          }
        }
        expect([...missed]).toEqual([])
      }
      expect(tried).toBeGreaterThan(2000)
    })
  }

  it("are found out by lint, with the place and the word", () => {
    const subject = Lint.subjectOf(local.critical)
    const [first, ...rest] = subject.alerts
    const found = (expr: string) => Lint.check({ ...subject, alerts: [{ ...first!, expr }, ...rest] })
    const id = first!.id
    expect(found('integration_attempts{attempt_typ="retry"} > 1')).toEqual([
      `${id}: integration_attempts has no label attempt_typ`
    ])
    expect(found('integration_attempts{attempt_type="retries"} > 1')).toEqual([
      `${id}: no series fits integration_attempts{attempt_type="retries"}`
    ])
    expect(found('integration_attempts{attempt_type!~"retry|hedged"} > 1')).toEqual([
      `${id}: integration_attempts never has attempt_type="hedged"`
    ])
    expect(found("sum by (attempt) (integration_attempts{}) > 1")).toEqual([`${id}: nothing in it has a label attempt`])
    expect(Lint.check({ ...subject, panels: ["integration_attempt{}"] })).toEqual([
      "dashboard: nobody emits integration_attempt"
    ])
  })
})

describe("a fixed key", () => {
  it("has no alert of its life, no panel and no series, and nothing asks for one", () => {
    for (const contract of all) {
      const subject = Lint.subjectOf(contract, { credential: "fixed" })
      expect(Lint.check(subject)).toEqual([])
      expect(expressionsOf(subject).filter((expr) => expr.includes("integration_credential"))).toEqual([])
      expect(subject.series.filter(({ name }) => name.startsWith("integration.credential"))).toEqual([])
    }
    expect(expressionsOf(Lint.subjectOf(local.critical)).join()).toContain("integration_credential")
  })
})

describe("selectorsOf", () => {
  it("has matchers, and nothing that is recorded, of another contract, or of a target", () => {
    const found = Ops.selectorsOf(local.critical, { selector, environment: "prod", queues })
    const text = found.join("\n")
    expect(found).toContain(
      'integration_credential_refreshes{integration_provider_name="acme/Orders \\"EU\\"", outcome="failure"}'
    )
    expect(text).toContain("integration_queue_depth{")
    expect(text).not.toMatch(/integration:|hash!=|namespace|environment/)
    expect(new Set(found).size).toBe(found.length)
    expect(Ops.selectorsOf(local.critical, { credential: "fixed" }).join()).not.toContain("integration_credential")
  })
})
