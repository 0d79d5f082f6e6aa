import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { AlertRules, Runbook, RunbookNotes, Yaml } from "@surety/ops"
import * as Document from "@surety/ops/Document"
import * as DocumentMarkdown from "@surety/ops/DocumentMarkdown"
import * as DossierSource from "@surety/ops/DossierSource"
import * as RunbookDecisions from "@surety/ops/RunbookDecisions"
import * as RunbookQueries from "@surety/ops/RunbookQueries"
import * as RunbookTopic from "@surety/ops/RunbookTopic"
import { Stripe } from "@surety/stripe"
import { all, local } from "./rig/Contracts.ts"
import { hostile } from "./rig/Hostile.ts"
import * as Markdown from "./rig/Markdown.ts"
import * as Known from "./rig/KnownSeries.ts"
import * as Tools from "./rig/Tools.ts"

const queues = {
  queues: { orders: { maxAge: "10 minutes", maxDepth: 100 }, mails: { maxAge: "1 hour", maxDepth: 100 } }
} as const

const page = () => Runbook.make(Stripe.contract)[0]!

const noted = (notes: string): string => {
  const generated = Runbook.toMarkdown(page())
  const [before = "", rest = ""] = generated.split(RunbookNotes.begin)
  return `${before}${RunbookNotes.begin}\n${notes}\n${RunbookNotes.end}${rest.split(RunbookNotes.end)[1]}`
}

const refusal = (existing: string): RunbookNotes.NotesAtRisk => {
  const merged = Runbook.merge(existing, page())
  if (Result.isSuccess(merged)) throw new Error("it was merged")
  return merged.failure
}

describe("runbook pages", () => {
  it("are one for each alert, named like it, with 9 sections and no alert of an unknown subject", () => {
    for (const contract of [...all, hostile]) {
      const names = AlertRules.names(AlertRules.make(contract, queues))
      const pages = Runbook.make(contract, queues)
      expect(pages.map(({ file }) => file)).toEqual(names.map((name) => `${name}.md`))
      for (const one of pages) {
        expect(RunbookTopic.subjectOf(one.alert), one.alert).toBeDefined()
        expect(one.document.sections.length, one.alert).toBe(9)
      }
    }
  })

  it("say when an alert fires, and never 'at once' of one that looks back for 2 minutes", () => {
    const pages = Runbook.make(Stripe.contract)
    const text = (alert: string) => Runbook.toMarkdown(pages.find((one) => one.alert === alert)!)
    expect(text("IntegrationCircuitOpen")).toMatch(/For two minutes .* It fires as soon as that is so, and ends/)
    expect(text("IntegrationOutcomeUnknown")).toMatch(/For ten minutes .* It fires when that was so for 10m, and ends/)
    for (const one of pages) expect(Runbook.toMarkdown(one), one.alert).not.toContain("fires at once")
  })

  it("answer in the order of an incident", () => {
    for (const contract of [...all, hostile]) {
      for (const one of Runbook.make(contract, queues)) {
        expect(Markdown.headings(Runbook.toMarkdown(one)).slice(1), one.alert).toEqual([
          "In short",
          "1. What is hurt",
          "2. First look",
          "3. Decide",
          "4. Act",
          "5. Settle unknown outcomes",
          "6. Escalate",
          "7. Verify recovery",
          "8. Notes"
        ])
      }
    }
  })

  it("say on the first screen, within 20 lines, what is broken, who is hurt, where it is seen, what to do, when to escalate and how it ends", () => {
    for (const contract of [...all, hostile]) {
      for (const one of Runbook.make(contract, queues)) {
        const screen = Runbook.toMarkdown(one).split("\n").slice(0, 20).join("\n")
        const said = [...screen.matchAll(/^- \*\*([^*]+)\*\*: (.+)$/gm)]
        expect(
          said.map(([, label]) => label),
          one.alert
        ).toEqual(["What is broken", "Who is hurt", "Where to see it", "Do first", "Escalate", "How it ends"])
        for (const [, label, words = ""] of said) {
          expect(words.length, `${one.alert}: ${label}`).toBeGreaterThan(20)
          expect(words, one.alert).not.toMatch(/undefined|\{\{|One of its/)
        }
        expect(screen, one.alert).toContain("```promql")
      }
    }
  })

  it("say what is so of that alert, where alerts of one subject differ: 8 of them", () => {
    const pages = Runbook.make(Stripe.contract, queues)
    const short = (alert: string) => Runbook.toMarkdown(pages.find((one) => one.alert === alert)!).split("## 1.")[0]!
    // without a secret callers are hurt now; while one that is good cannot be renewed they are not yet
    expect(short("IntegrationCredentialUnavailable")).toContain("**Who is hurt**: Every caller on the processes")
    expect(short("IntegrationTokenRefreshFailing")).toContain("**Who is hurt**: Nobody, while the secret")
    // a budget of 30 days is not whole again after five good minutes
    expect(short("IntegrationBudgetExhausted")).toContain("**How it ends**: Bad calls grow older than the window")
    expect(short("IntegrationSloBurn")).toContain("**How it ends**: The share of bad calls over the shorter window")
    expect(short("IntegrationRetryAmplification")).toContain("**Who is hurt**: The provider")
    expect(short("IntegrationRetryBudgetExhausted")).toContain("**Who is hurt**: Callers get errors")
    expect(short("IntegrationTelemetryAbsent")).toContain("**Who is hurt**: Nobody can tell")
    expect(short("IntegrationRulesOutdated")).toContain("**Who is hurt**: No caller.")
    for (const one of pages) {
      const [, over = ""] = /\*\*How it ends\*\*: (.+) Part 7/.exec(Runbook.toMarkdown(one)) ?? []
      expect(Runbook.toMarkdown(one).split("## 7.")[1], one.alert).toContain(over)
    }
  })

  it("begin with the question that belongs to the alert, and ask none twice", () => {
    const asked = (alert: string) => {
      const text = Runbook.toMarkdown(Runbook.make(Stripe.contract).find((one) => one.alert === alert)!)
      return text.split("## 3. Decide")[0]!.match(/^(How|Which|In which) .+\?/gm)
    }
    expect(asked("IntegrationCredentialExpiring")?.[0]).toContain("How many seconds are left")
    expect(asked("IntegrationRetryAmplification")?.[0]).toContain("How many attempts")
    expect(asked("IntegrationTokenRefreshFailing")?.[0]).toContain("How did refreshes go")
    const limited = Runbook.toMarkdown(Runbook.make(local.low).find((one) => one.alert === "IntegrationRateLimited")!)
    expect(limited.split("## 1.")[0]).toContain("Who refuses, we or the provider")
    for (const alert of ["IntegrationCircuitFlapping", "IntegrationCircuitOpen", "IntegrationSloBurn"]) {
      expect(new Set(asked(alert)).size, alert).toBe(3)
    }
  })

  it("write a share as it is read, and escape a number only where it would begin a list", () => {
    expect(Runbook.toMarkdown(Runbook.make(local.critical)[0]!)).toContain("- **Promised**: 90 % of calls over 7 days")
    const written = (lead: string) => DocumentMarkdown.of({ title: "t", lead, figures: [], sections: [], foot: "" })
    expect(written("99.9 % of calls")).toContain("\n99.9 % of calls\n")
    expect(written("1. of May")).toContain("\n1\\. of May\n")
  })

  it("ask three questions, show the calls that are open, and end with every expression as it is in the rules", () => {
    for (const contract of [...all, hostile]) {
      const alerts = AlertRules.make(contract, queues)
      for (const one of Runbook.make(contract, queues)) {
        const shown = Markdown.fences(Runbook.toMarkdown(one)).filter(({ language }) => language === "promql")
        const own = alerts.filter(({ name }) => name === one.alert).map(({ expr }) => expr)
        expect(shown.map(({ text }) => text).slice(-own.length)).toEqual(own)
        const open = shown.filter(({ text }) => text.startsWith("sum") && text.includes("integration_outcome_unknown{"))
        const isAsked = RunbookTopic.subjectOf(one.alert) === "outcome"
        expect(shown.length - own.length, one.alert).toBe(3 + (isAsked ? 0 : open.length))
      }
    }
  })

  it("list each error.type once, a timeout with both of its faults", () => {
    for (const contract of [...all, hostile]) {
      const source = DossierSource.make(contract, {}, [])
      const types = RunbookDecisions.rows(source, "any").flatMap(([type]) =>
        Document.runsOf(type ?? "").flatMap((run) => (typeof run === "string" ? [] : [run.text]))
      )
      expect(types.length).toBe(new Set(types).size)
    }
    const rows = RunbookDecisions.rows(DossierSource.make(Stripe.contract, {}, []), ["timeout"])
    expect(rows.map((row) => row.map(Document.plainOf))).toEqual([
      [
        "timeout",
        "network or provider",
        "network: no connection in time, certainly not applied; provider: no answer in time, perhaps applied",
        "up to 2 times",
        "by its error.fault: whoever runs our network, or the provider"
      ]
    ])
  })

  it("show the failures of their subject only: 2 throttled ones of Stripe's where a limit was met", () => {
    const text = Runbook.toMarkdown(
      Runbook.make(Stripe.contract).find((one) => one.alert === "IntegrationRateLimited")!
    )
    const types = [...text.matchAll(/^\| (`[^|]+`) \| (?:provider|network|local|caller)/gm)].map(([, type]) => type)
    expect(types).toEqual(["`RateLimited`", "`LimitReached`", "`rate_limited_local`"])
    expect(text).toContain('span.error.type =~ "429|rate_limited_local|RateLimited|LimitReached" }')
  })

  it("have no word in bold that another touches", () => {
    for (const contract of [...all, hostile]) {
      for (const one of Runbook.make(contract, queues)) {
        expect(Runbook.toMarkdown(one)).not.toMatch(/\*\*[^*\n]+\*\*\w/)
      }
    }
  })

  it("ask only for series that the contract registers, in 3 spellings", () => {
    for (const profile of ["effect", "otel-sdk", "otlp"] as const) {
      for (const contract of all) {
        const known = Known.of(contract, { ...queues, profile })
        for (const one of AlertRules.names(AlertRules.make(contract, { ...queues, profile }))) {
          for (const { expr } of RunbookQueries.make(contract, { ...queues, profile }, RunbookTopic.subjectOf(one))) {
            expect(Known.missing(expr, known), `${one}: ${expr}`).toEqual([])
          }
        }
      }
    }
  })

  it("have no markup of a contract's, and keep their marks to themselves", () => {
    for (const one of Runbook.make(hostile, queues)) {
      const text = Runbook.toMarkdown(one)
      expect(Markdown.strange(text)).toEqual([])
      expect(Markdown.torn(text)).toEqual([])
      expect(Markdown.headings(text).length).toBe(10)
      expect(text.split("\n").filter((line) => line.trim() === RunbookNotes.end).length).toBe(1)
      expect(Result.getOrThrow(Runbook.merge(text, one))).toBe(text)
    }
  })

  it("name the contract's facts: 2 retries of 3 attempts, the deadline, the key's 24 h and the header of a request", () => {
    const text = Runbook.toMarkdown(
      Runbook.make(Stripe.contract).find((one) => one.alert === "IntegrationOutcomeUnknown")!
    )
    for (const fact of [
      "up to 2 times",
      "20 s to 50 s",
      "within 24 h",
      "`request-id`",
      "`integration.outcome.unknown`",
      "`integration.outcome.settled`"
    ]) {
      expect(text).toContain(fact)
    }
  })

  it("keep the space that stands beside a word in bold", () => {
    const text = DocumentMarkdown.of({
      title: "t",
      lead: [Document.strong("1 of 8: "), "Promised", Document.strong(" much"), Document.strong(" ")],
      figures: [],
      sections: [],
      foot: ""
    })
    expect(text).toContain("\n**1 of 8:** Promised **much**\n")
  })

  it("say what no contract can know: from the options, or which flag to give", () => {
    const [known] = Runbook.make(Stripe.contract, {
      statusPage: "https://status.stripe.com",
      support: "https://support.stripe.com"
    })
    expect(Runbook.toMarkdown(known!)).toContain("[https://status.stripe.com](<https://status.stripe.com>)")
    expect(Runbook.toMarkdown(known!).split("## 1.")[0]).toContain(
      ", on the [status page of the provider](<https://status.stripe.com>), and by the question below."
    )
    expect(Runbook.toMarkdown(page())).toContain("not known yet (generate with `--status-page`)")
  })

  it("say that nothing is left open for a provider that only reads", () => {
    for (const one of Runbook.make(local.low)) {
      expect(Runbook.toMarkdown(one)).toContain("Nothing is left open: no operation can end with an unknown outcome.")
    }
  })
})

describe.skipIf(Tools.isSkipped)(`the questions of runbooks, checked by ${Tools.title}`, () => {
  it("are PromQL, all of them, in 3 spellings", async () => {
    const rules = (["effect", "otel-sdk", "otlp"] as const).flatMap((profile) =>
      all.flatMap((contract) =>
        AlertRules.names(AlertRules.make(contract, queues)).flatMap((name) =>
          RunbookQueries.make(contract, { ...queues, profile }, RunbookTopic.subjectOf(name)).map(({ expr }) => expr)
        )
      )
    )
    const unique = [...new Set(rules)]
    const file = Yaml.toYaml({
      groups: [{ name: "asked", rules: unique.map((expr, at) => ({ record: `asked:${at}`, expr })) }]
    })
    const { output, status } = await Tools.run("promtool", ["check", "rules", "asked.yml"], { "asked.yml": file })
    expect(output).toContain(`${unique.length} rules found`)
    expect(status, output).toBe(0)
  }, 60_000)
})

describe("notes", () => {
  const notes = "- 2026-11-02: it was DNS\n\n```\n# not a heading\n```\n  indented, and a trailing space "

  it("are kept byte for byte when a page is generated again", () => {
    expect(Result.getOrThrow(Runbook.merge(noted(notes), page()))).toBe(noted(notes))
  })

  it("are kept when the contract has changed, and everything else is new", () => {
    const next = Runbook.make({ ...Stripe.contract, owner: "team-next" })[0]!
    const merged = Result.getOrThrow(Runbook.merge(noted(notes), next))
    expect(merged).toContain(`${RunbookNotes.begin}\n${notes}\n${RunbookNotes.end}`)
    expect(merged).toContain("**team-next**")
    expect(merged).not.toContain("nobody: declare your own")
  })

  it("survive line ends of Windows, and an editor that cuts spaces at the ends of lines", () => {
    const windows = noted("kept").replace(/\n/g, "\r\n")
    expect(Result.getOrThrow(Runbook.merge(windows, page()))).toBe(noted("kept"))
    const trimmed = noted("kept")
      .replace(/[ \t]+$/gm, "")
      .trimEnd()
    expect(Result.getOrThrow(Runbook.merge(trimmed, page()))).toBe(noted("kept"))
  })

  it("of an empty file are those of a new page", () => {
    expect(Result.getOrThrow(Runbook.merge(" \n", page()))).toBe(Runbook.toMarkdown(page()))
  })

  it("are never lost when a mark is damaged: the page is refused with its file and the rule", () => {
    const { begin, end } = RunbookNotes
    const cases = [
      [noted(notes).replace(begin, "<!-- surety:notes -->"), "missing"],
      [noted(notes).replace(end, ""), "missing"],
      [noted(notes).replace(begin, `x ${begin}`), "missing"],
      ["# My own page\n\nWritten by hand.\n", "missing"],
      [noted(`${notes}\n${begin}`), "repeated"],
      [noted(`${notes}\n${end}\nmore`), "repeated"],
      [noted(notes).replace(begin, "@").replace(end, begin).replace("@", end), "reversed"],
      [noted(notes).replace("## 2. First look", "## 2. First look\n\nAsk Ana first."), "edited"],
      [`${noted(notes)}\nA line at the end.\n`, "edited"],
      [noted(notes).replace(/surety:generated [0-9a-f]+/, "surety:generated 0"), "edited"]
    ] as const
    for (const [existing, rule] of cases) {
      const failure = refusal(existing)
      expect(failure._tag).toBe("NotesAtRisk")
      expect(failure.rule).toBe(rule)
      expect(failure.file).toBe("IntegrationSloBurn.md")
      expect(failure.message).toContain("IntegrationSloBurn.md: ")
      expect(failure.message).toContain("Nothing was written.")
    }
  })
})
