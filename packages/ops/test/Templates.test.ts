/** Names that look like templates of Prometheus, which expands both the labels and the annotations of alerts. */
import { describe, expect, it } from "vitest"
import { AlertRules, Ops } from "@surety/ops"
import { local } from "./rig/Contracts.ts"
import * as Tools from "./rig/Tools.ts"

const odd = '{{ $value }} {{{ {{ "x" }} {{'

const contract = { ...local.high, id: `acme/${odd}`, owner: `team ${odd}`, runbook: `https://runbooks.example/${odd}` }

const options: Ops.Options = {
  environment: odd,
  selector: { namespace: odd },
  dashboardBaseUrl: `https://g.example/${odd}`
}

describe("an alert whose names look like templates", () => {
  it("is told with the names as they are", () => {
    const [alert] = AlertRules.make(contract, options)
    const [fired] = alert?.tests.flatMap(({ expect }) => expect) ?? []
    expect(fired?.labels).toMatchObject({ owner: `team ${odd}`, environment: odd, namespace: odd })
    expect(fired?.annotations["summary"]).toContain(`acme/${odd}: `)
    expect(fired?.annotations["runbook_url"]).toBe(`https://runbooks.example/${odd}`)
  })

  it.skipIf(Tools.isSkipped)(`fires so in ${Tools.title}`, { timeout: 120_000 }, async () => {
    const ran = await Tools.run("promtool", ["test", "rules", "rules_test.yml"], Ops.files(contract, options))
    expect(ran.output).toContain("SUCCESS")
    expect(ran.status).toBe(0)
  })
})
