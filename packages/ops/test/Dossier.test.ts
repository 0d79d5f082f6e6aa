import { readFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Credential } from "surety"
import { Dossier } from "@surety/ops"
import type { Section } from "@surety/ops/Document"
import * as Vocabulary from "@surety/ops/Vocabulary"
import * as ExportProfile from "surety/signals/ExportProfile"
import { Stripe } from "@surety/stripe"
import { Github } from "@surety/github"
import * as Browser from "./rig/Browser.ts"
import { all, local } from "./rig/Contracts.ts"
import { attack, hostile } from "./rig/Hostile.ts"
import * as Markdown from "./rig/Markdown.ts"
import * as Inspection from "./rig/PageInspection.ts"

const options = {
  runbookBaseUrl: "https://runbooks.example/integrations",
  dashboardBaseUrl: "https://grafana.example/d",
  expectedCallsPerHour: 4000
}

/** The name of a row of the reference, as Prometheus has it. */
const spelled = (row: string): string => row.split("`")[1]!.replace(/\./g, "_")

describe("a dossier", () => {
  it("has exactly these four parts", () => {
    for (const contract of [...all, hostile]) {
      expect(Dossier.make(contract, options).sections.map(({ title }) => title)).toEqual([
        "Integration architecture and failure-mode strategy",
        "Timeout, retry and rate-limit policy",
        "Security controls and secret lifecycle plan",
        "Monitoring signals, SLO impact and runbook pointers"
      ])
    }
  })

  it("is the same, byte for byte, for the same contract", () => {
    for (const contract of all) {
      expect(Dossier.toHtml(contract, options)).toBe(Dossier.toHtml(contract, options))
      expect(Dossier.toMarkdown(contract)).toBe(Dossier.toMarkdown(contract))
    }
  })

  it("names no anchor twice, in 5 contracts", () => {
    for (const contract of all) {
      const ids = (sections: ReadonlyArray<Section>): ReadonlyArray<string> =>
        sections.flatMap((one) => [one.id, ...ids(one.sections)])
      const found = ids(Dossier.make(contract, options).sections)
      expect(new Set(found).size).toBe(found.length)
    }
  })

  it("says every operation, every failure and every alert of Stripe's", () => {
    const text = Dossier.toMarkdown(Stripe.contract, options)
    for (const name of Object.keys(Stripe.contract.operations)) expect(text).toContain(`\`${name}\``)
    for (const operation of Object.values(Stripe.contract.operations)) {
      for (const { tag } of operation.failures) expect(text).toContain(`\`${tag}\``)
    }
    for (const alert of ["IntegrationSloBurn", "IntegrationCircuitOpen", "IntegrationOutcomeUnknown"]) {
      expect(text).toContain(`https://runbooks.example/integrations/surety-stripe/${alert}/`)
    }
  })

  it("says where the name of an alert leads: to its page where these are served, else to the contract's one runbook", () => {
    const [served, alone] = [options, {}].map((given) => Dossier.toMarkdown(Stripe.contract, given))
    expect(served).toContain("The name of an alert leads to its page.")
    expect(alone).toContain("The name of an alert leads to the one runbook that the contract names")
    expect(alone).toContain(`[IntegrationSloBurn](<${Stripe.contract.runbook}>)`)
    expect(alone).not.toContain("leads to its page")
  })

  it("counts the first attempt among 3 and says how long waits are, with no sign that multiplies", () => {
    const text = Dossier.toMarkdown(Stripe.contract)
    expect(text).toContain("| `RateLimited` | 3 attempts with backoff up to 2 s, full jitter |")
    expect(text).toContain("sends a call up to 3 times in all, with jittered waits")
    expect(text).toContain("UndeclaredStatus from 500 on, and ContractViolation below")
    expect(text).toMatch(/\| `UndeclaredStatus` \| other 5xx \|.*\n\| `ContractViolation` \| any \|/)
    expect(text).toMatch(/\| `NotSent` \| none \|/)
    expect(text).toContain("-> concurrency: 25 at once, 100 may queue; else BulkheadFull")
  })

  it("counts the retries that a full outage costs: 500 tokens pay for 35 at 14 each", () => {
    expect(Dossier.toMarkdown(Stripe.contract)).toContain("35 retries from each process, then every call is tried once")
  })

  it("writes the rotation calendar of a 90-day secret in days, and in dates when the first is known", () => {
    const days = Dossier.toMarkdown(Github.contract)
    for (const day of ["day 0", "day 76", "day 87", "day 90"]) expect(days).toContain(`| ${day} |`)
    const dates = Dossier.toMarkdown(Github.contract, { rotatedOn: "2026-11-01" })
    for (const date of ["2026-11-01", "2027-01-16", "2027-01-27", "2027-01-30"]) expect(dates).toContain(`| ${date} |`)
  })

  it("says of a secret that ends by itself when it is asked for again and when it is not sent any more", () => {
    const credentials = Credential.bearer({ name: "token", scopes: [], expires: "an hour after it was issued" })
    const text = Dossier.toMarkdown({ ...Github.contract, credentials })
    expect(text).toContain("It ends as declared: an hour after it was issued.")
    for (const before of ["5 min", "1 min", "5 s", "Its end"]) expect(text).toContain(`| ${before} |`)
    expect(text).not.toContain("| day 0 |")
  })

  it("promises of a fixed key nothing that no process exports, keeps or does", () => {
    for (const contract of [Github.contract, Stripe.contract, local.critical]) {
      const managed = Dossier.toMarkdown(contract)
      const fixed = Dossier.toMarkdown(contract, { credential: "fixed", rotatedOn: "2026-11-01" })
      for (const promise of [
        "integration_credential_",
        "Lifecycle.control",
        "IntegrationTokenRefreshFailing",
        "IntegrationCredentialExpiring",
        "the process knows the day, and exports it",
        "keyed fingerprint",
        "asks for a new secret once",
        "renewed in time"
      ]) {
        expect(`${managed} the process knows the day, and exports it`, promise).toContain(promise)
        expect(fixed, promise).not.toContain(promise)
      }
      expect(fixed).toContain("nobody: a fixed key, given to the program when it starts")
      expect(fixed).toContain("no process knows its end, its scopes or who used it")
    }
    expect(Dossier.toMarkdown(local.critical, { credential: "fixed" })).toContain(
      "`surety check --rotated orders-key=YYYY-MM-DD` in a pipeline, with the day on which it came into use: it fails from 30 days before the next rotation on, or as `--within` says."
    )
    const dates = Dossier.toMarkdown(Github.contract, { credential: "fixed", rotatedOn: "2026-11-01" })
    for (const date of ["2026-11-01", "2027-01-30"]) expect(dates).toContain(`| ${date} |`)
  })

  it("lists the series of a managed credential among its signals", () => {
    expect(Dossier.toMarkdown(Github.contract)).toMatch(
      /\| `integration_credential_refreshes` \| Renewals of a credential, by how they ended\. \| counter \| 6 \|/
    )
  })

  it("says of each metric what the reference of signals says, calls first, and leaves none out", () => {
    const reference = readFileSync(new URL("../../../docs/signals.md", import.meta.url), "utf8")
    for (const contract of all) {
      const [, rows = ""] = Dossier.toMarkdown(contract).split("| Metric | Says | Kind | Series | By |\n")
      const said = [...rows.split("\n\n")[0]!.matchAll(/^\| `(\w+)` \| ([^|]+) \| (\w+) \|/gm)]
      expect(said[0]?.[1]).toBe("integration_operation_duration")
      expect(new Set(said.map(([, metric]) => metric))).toEqual(
        new Set(Vocabulary.contractSeries(contract, {}).map((one) => ExportProfile.metric("effect", one)))
      )
      for (const [, metric = "", says = ""] of said) {
        const row = reference.split("\n").find((line) => line.startsWith("| `") && spelled(line) === metric)
        expect(row, metric).toContain(`| ${says.trim()} |`)
      }
    }
  })

  it("has one row for operations of the same bounds: 2 of 10 for Stripe's time, 2 of 6 for its keys", () => {
    const text = Dossier.toMarkdown(Stripe.contract)
    const rows = (head: string) =>
      text
        .split(`${head}\n`)[1]!
        .split("\n\n")[0]!
        .split("\n")
        .slice(1)
        .map((row) => row.match(/`\w+`/g)!.length)
    expect(rows("| Operation | Attempt | Deadline | Worst case | Requests | Hedged after |")).toEqual([6, 4])
    const keyed = text.split("| Mutation | Plan |")[1]!.split("\n\n")[0]!.split("\n").slice(2)
    expect(keyed.length).toBe(2)
  })

  it("leads from each failure mode to the runbooks of its alerts", () => {
    const [, modes = ""] = Dossier.toMarkdown(Stripe.contract, options).split("### Failure modes and strategy")
    for (const alert of [
      "IntegrationSloBurn",
      "IntegrationCircuitOpen",
      "IntegrationOutcomeUnknown",
      "IntegrationContractDrift"
    ]) {
      expect(modes.split("###")[0]).toContain(
        `[${alert}](<https://runbooks.example/integrations/surety-stripe/${alert}/>)`
      )
    }
  })

  it("prints no date but the contract's unless one is given, and refuses February 30", () => {
    expect(Dossier.toMarkdown(Stripe.contract).match(/\b20\d\d-\d\d-\d\d\b/g)).toEqual([
      "2026-10-28",
      "2027-04-01",
      "2026-10-28"
    ])
    expect(Dossier.toHtml(Stripe.contract, { asOf: "2026-11-23" })).toContain("on 2026-11-23")
    expect(() => Dossier.make(Stripe.contract, { asOf: "2026-02-30" })).toThrow(
      'Dossier: asOf must be an ISO date (YYYY-MM-DD), got "2026-02-30"'
    )
  })

  it("has the day on which an operation ends in its deprecation calendar", () => {
    const { createRefund, ...rest } = Stripe.contract.operations
    const ending = {
      ...Stripe.contract,
      operations: { ...rest, createRefund: { ...createRefund, sunset: "2027-06-30" } }
    }
    expect(Dossier.toMarkdown(ending)).toMatch(/\| 2027-06-30 \| The provider ends `createRefund`/)
    expect(Dossier.toMarkdown(Stripe.contract)).not.toContain("The provider ends")
  })

  it("lists what a contract sets aside, with its reason, and says so when there is nothing", () => {
    const weather = Dossier.toMarkdown(local.low)
    expect(weather).toContain("| `limits.rate` | no rate limit of our own | the provider publishes none |")
    expect(weather).toContain("| `credentials` | calls without a credential | the service is open |")
    expect(Dossier.toMarkdown(Stripe.contract)).toContain(
      "None: every rule that a contract may set aside with a reason holds here."
    )
  })

  it("names only guarantees that SECURITY.md has", () => {
    const guarantees = new Set(
      readFileSync(new URL("../../../SECURITY.md", import.meta.url), "utf8").match(/\bS\d+(?= \|)/g)
    )
    for (const contract of all) {
      const [, , security] = Dossier.toMarkdown(contract).split(/^## /m).slice(1)
      const named = security?.match(/\bS\d+\b/g) ?? []
      expect(named.length).toBeGreaterThan(5)
      for (const one of named) expect(guarantees, one).toContain(one)
    }
  })

  it("has no markup of a contract's in its Markdown, outside of code", () => {
    const text = Dossier.toMarkdown(hostile, options)
    expect(Markdown.strange(text)).toEqual([])
    expect(Markdown.headings(text)).toEqual(Markdown.headings(Dossier.toMarkdown(hostile, {})))
    expect(Markdown.headings(text)).not.toContain("heading")
    expect(Markdown.torn(text)).toEqual([])
  })

  it("is Markdown whose tables have as many cells in each row as in the head, in 5 contracts", () => {
    for (const contract of all) {
      const text = Dossier.toMarkdown(contract, options)
      expect(Markdown.strange(text)).toEqual([])
      expect(Markdown.torn(text)).toEqual([])
      expect(Markdown.tables(text)).toBeGreaterThan(9)
    }
  })
})

const looks = [
  { width: 1280, scheme: "light" },
  { width: 1280, scheme: "dark" },
  { width: 800, scheme: "light" },
  { width: 360, scheme: "light" },
  { width: 360, scheme: "dark" },
  // as wide as the page at four times its size, and where cards become tables
  { width: 320, scheme: "light" },
  { width: 791, scheme: "light" }
] as const

describe.skipIf(Browser.isSkipped)(`a dossier in ${Browser.title}`, () => {
  let browser: Awaited<ReturnType<typeof Browser.open>>
  beforeAll(async () => {
    browser = await Browser.open()
  }, 60_000)
  afterAll(() => browser.close(), 30_000)

  const pages = [
    ["Stripe's", Dossier.toHtml(Stripe.contract, options)],
    ["GitHub's", Dossier.toHtml(Github.contract, { rotatedOn: "2026-11-01", asOf: "2026-11-23" })],
    ["the smallest", Dossier.toHtml(local.low)],
    ["a hostile", Dossier.toHtml(hostile, options)]
  ] as const

  for (const [name, html] of pages) {
    it(`reads ${name} page in light and dark at 1280, 800, 791, 360 and 320 px: nothing overflows or is cut, nothing is asked for, contrast is at least 4.5`, async () => {
      for (const look of looks) {
        await browser.read(html, look, async ({ page, requests, said }) => {
          const seen = await page.evaluate(Inspection.inspect)
          const where = `${name} ${look.width} ${look.scheme}`
          expect(seen.width, where).toBeLessThanOrEqual(look.width)
          expect(seen.wider, where).toEqual([])
          expect(seen.cut, where).toEqual([])
          expect(seen.pale, where).toEqual([])
          expect(seen.broken, where).toEqual([])
          expect(seen.headings, where).toEqual([])
          expect(seen.parts, where).toBe(4)
          expect(seen.strange, where).toEqual([])
          expect(requests, where).toEqual([])
          expect(said, where).toEqual([])
        })
      }
    }, 120_000)
  }

  it("would notice a pale word, a wide box, a dead link, a level that is left out and a picture from elsewhere", async () => {
    const spoiled = pages[0][1]
      .replace('http-equiv="Content-Security-Policy"', 'name="nothing"')
      .replace(
        "<header>",
        '<header><p style="color:#999">pale</p><div style="width:2000px">wide</div><a href="#nowhere">dead</a><h4>low</h4><img src="/other.png" alt="">'
      )
    await browser.read(spoiled, looks[3], async ({ page, requests }) => {
      const seen = await page.evaluate(Inspection.inspect)
      expect(seen.pale).toEqual(["P pale"])
      expect(seen.wider).toContain("DIV wide")
      expect(seen.broken).toEqual(["nowhere"])
      expect(seen.headings).toEqual([4])
      expect(seen.strange.length).toBe(1)
      expect(requests.some((url) => url.endsWith("/other.png"))).toBe(true)
    })
    const noisy = pages[0][1].replace("<header>", '<header><img src="/other.png" alt=""><script>alert(1)</script>')
    await browser.read(noisy, looks[0], async ({ page, requests, said }) => {
      expect(said.length).toBe(2)
      expect(requests.filter((url) => url.startsWith("server"))).toEqual([])
      await page.close()
    })
  }, 60_000)

  it("shows every text of a hostile contract as text", async () => {
    await browser.read(Dossier.toHtml(hostile, options), looks[0], async ({ page }) => {
      const text = await page.evaluate(Inspection.text)
      expect(text).toContain(attack.slice(0, 40))
      expect(await page.locator("script, img, iframe, object, form, input").count()).toBe(0)
      expect(await page.locator('a[href^="javascript"]').count()).toBe(0)
    })
  }, 60_000)

  it("shows one picture of two, whose smallest words are larger than 9.5 px and inside", async () => {
    for (const look of looks) {
      await browser.read(pages[0][1], look, async ({ page }) => {
        const shown = await page.evaluate(Inspection.pictures)
        expect(shown.length).toBe(2)
        for (const { outside, smallest } of shown) {
          expect(outside, `${look.width}`).toEqual([])
          expect(smallest, `${look.width}`).toBeGreaterThan(9.5)
        }
      })
    }
  }, 60_000)

  it("breaks no name in the middle of a word on a phone, and none at all where there is room", async () => {
    const lines = async (look: (typeof looks)[number]): Promise<ReadonlyArray<string>> => {
      let found: ReadonlyArray<string> = []
      await browser.read(pages[0][1], look, async ({ page }) => {
        found = await page.evaluate(Inspection.brokenNames)
      })
      return found
    }
    for (const name of await lines(looks[3])) expect(name).toMatch(/[a-z]-[A-Z]|[_./:=,]-/)
    for (const look of [looks[0], looks[2]]) {
      // a hyphen of its own ends a line anywhere
      for (const name of (await lines(look)).filter((one) => !one.includes("--"))) {
        expect(name.length, name).toBeGreaterThan(30)
      }
    }
  }, 60_000)

  it("is a table to whoever listens, also where a phone shows cards", async () => {
    await browser.read(pages[0][1], looks[3], async ({ page }) => {
      const session = await page.context().newCDPSession(page)
      const { nodes } = (await session.send("Accessibility.getFullAXTree")) as {
        readonly nodes: ReadonlyArray<{ readonly role?: { readonly value: string }; readonly ignored: boolean }>
      }
      const count = (role: string) => nodes.filter((one) => !one.ignored && one.role?.value === role).length
      const tables = await page.locator("table").count()
      expect(tables).toBeGreaterThan(9)
      expect(count("table")).toBe(tables)
      expect(count("row")).toBe(await page.locator("tr").count())
      expect(count("columnheader")).toBe(await page.locator("thead th").count())
      expect(count("rowheader")).toBe(await page.locator("tbody th").count())
      expect(count("cell")).toBe(await page.locator("td").count())
    })
  }, 60_000)

  it("is read by keyboard: the first stop skips to the content, each link shows where it is", async () => {
    await browser.read(pages[0][1], looks[0], async ({ page }) => {
      await page.keyboard.press("Tab")
      expect((await page.evaluate(Inspection.focus)).href).toBe("#content")
      await page.keyboard.press("Tab")
      expect((await page.evaluate(Inspection.focus)).outline).toBe("solid")
    })
  }, 60_000)

  it("is dark where the screen is, and light where it is not", async () => {
    for (const [look, isGround] of [
      [looks[0], (shade: number) => shade > 200],
      [looks[1], (shade: number) => shade < 60]
    ] as const) {
      await browser.read(pages[0][1], look, async ({ page }) => {
        const { ground } = await page.evaluate(Inspection.paper)
        const shades = (ground.match(/\d+/g) ?? []).slice(0, 3).map(Number)
        expect(shades, `${look.scheme}: ${ground}`).toHaveLength(3)
        expect(shades.every(isGround), `${look.scheme}: ${ground}`).toBe(true)
      })
    }
  })

  it("prints light on paper whatever the screen is, without its contents, with whole tables as wide as A4, each part but the first on a page of its own, pages numbered", async () => {
    await browser.read(pages[0][1], looks[1], async ({ page }) => {
      const pdf = await page.pdf({ format: "A4" })
      expect(pdf.subarray(0, 5).toString()).toBe("%PDF-")
      // A4 without its margins
      await page.setViewportSize({ width: 688, height: 1000 })
      await page.emulateMedia({ media: "print", colorScheme: "dark" })
      const paper = await page.evaluate(Inspection.paper)
      expect(paper).toEqual({
        ground: "rgb(255, 255, 255)",
        contents: ["none"],
        parts: ["auto", "page", "page", "page"],
        heads: ["table-header-group"],
        width: 688,
        numbered: true
      })
    })
  }, 60_000)
})
