/** What people write into `alertmanager.yml`, and what a file of receivers may say. */
import { describe, expect, it } from "@effect/vitest"
import { AlertManager, AlertManagerFile, Ops, Receivers } from "@surety/ops"
import { Github } from "@surety/github"
import { Stripe } from "@surety/stripe"
import * as Result from "effect/Result"
import { local } from "./rig/Contracts.ts"
import * as Tools from "./rig/Tools.ts"

const low = local.low
const one = Ops.alertmanager([low], {})
const three = Ops.alertmanager([low, Stripe.contract, Github.contract], {})

const merge = (existing: string, generated: string): string =>
  Result.match(AlertManagerFile.merge(existing, generated), {
    onSuccess: (text) => text,
    onFailure: ({ detail, rule }) => `${rule}: ${detail}`
  })

const hook = "    webhook_configs:\n      - url: http://127.0.0.1:9/\n"
const filled = one.replace(
  "  - name: team-sky page # tells nobody yet\n",
  `  - name: team-sky page # the desk\n${hook}`
)

const valid = async (text: string): Promise<number> =>
  (await Tools.run("amtool", ["check-config", "alertmanager.yml"], { "alertmanager.yml": text })).status

describe("alertmanager.yml", () => {
  it("says of 2 of its 3 receivers that they tell nobody yet, and the same text each time", () => {
    expect(one.match(/# tells nobody yet$/gm)).toHaveLength(2)
    expect(AlertManagerFile.lacking(one)).toEqual(["team-sky page", "team-sky ticket"])
    expect(AlertManagerFile.lacking(filled)).toEqual(["team-sky ticket"])
    expect(Ops.alertmanager([low], {})).toBe(one)
    expect(merge(one, one)).toBe(one)
  })

  it("keeps receivers, global settings, comments and blank lines between its marks when it is generated again", () => {
    const theirs = filled
      .replace("receivers:\n", "global:\n  resolve_timeout: 1m\n\nreceivers:\n")
      .replace(/\n/g, "\r\n")
    const again = merge(theirs, three)
    expect(again.slice(0, again.indexOf(AlertManagerFile.begin))).toBe(
      three.slice(0, three.indexOf(AlertManagerFile.begin))
    )
    expect(again).toContain(
      `global:\n  resolve_timeout: 1m\n\nreceivers:\n  - name: nobody\n  - name: team-sky page # the desk\n${hook}`
    )
    expect(merge(again, three)).toBe(again)
    expect(merge(again, one)).toContain(hook)
  })

  it.skipIf(Tools.isSkipped)(
    "gains the receivers of 4 new routes, and amtool reads it, however it is indented",
    async () => {
      const flat = filled.replace(/^ {2}(?=- name| {2}webhook| {4}- url)/gm, "")
      const more = filled.replace(
        `${AlertManagerFile.end}\n`,
        `\n# ours\nglobal:\n  resolve_timeout: 1m\n${AlertManagerFile.end}\n`
      )
      const none = one.replace(/receivers:\n( {2}.*\n)+/, "")
      const tight = one.replace(/\n\s*# Kept.*/, "")
      for (const theirs of [one, filled, flat, more, none, tight]) {
        const again = merge(theirs, three)
        for (const name of AlertManager.receiverNames([low, Stripe.contract, Github.contract])) {
          expect(again.replaceAll('"', "").split(`- name: ${name}`)).toHaveLength(2)
        }
        expect(again).toContain(theirs.includes(hook) ? "webhook_configs" : "team-sky page")
        expect(await valid(again)).toBe(0)
      }
    }
  )

  it.each([
    ["marks", filled.replace(AlertManagerFile.end, "# gone")],
    ["marks", filled.replace(AlertManagerFile.begin, AlertManagerFile.end)],
    ["marks", `${filled}${AlertManagerFile.begin}\n${AlertManagerFile.end}\n`],
    ["unmarked", filled.replaceAll(/# surety:.*\n/g, "")],
    ["unmarked", `${one.replaceAll(/# surety:.*\n/g, "")}global: {}\n`],
    ["syntax", filled.replace("receivers:", "receivers: [")],
    ["syntax", one.replace(/receivers:\n( {2}.*\n)+/, "- a\n")],
    ["syntax", filled.replace(AlertManagerFile.end, `x: *nothing\n${AlertManagerFile.end}`)],
    ["receivers", one.replace(/receivers:\n( {2}.*\n)+/, "receivers: [{ name: mine }]\n")]
  ])("is not replaced when something would get lost or break: %s", (rule, theirs) => {
    expect(merge(theirs, three)).toMatch(new RegExp(`^${rule}: `))
  })

  it("of before there were marks is replaced when nobody wrote into it", () => {
    expect(merge(one.replaceAll(/# surety:.*\n/g, ""), three)).toBe(three)
    expect(merge("# nothing\n", three)).toBe(three)
  })

  it("with given receivers has them above the marks, and refuses two places that say who is told", () => {
    const receivers = { "team-sky page": { webhook_configs: [{ url: "http://127.0.0.1:9/" }] } }
    const given = Ops.alertmanager([low], { receivers })
    expect(given).toContain(
      `  - name: team-sky page\n${hook}  - name: team-sky ticket # tells nobody yet\n${AlertManagerFile.begin}\n`
    )
    expect(AlertManagerFile.lacking(given)).toEqual(["team-sky ticket"])
    expect(merge(filled, given)).toBe("receivers: it has receivers, and others were given")
    expect(merge(given.replace(AlertManagerFile.end, `global: {}\n${AlertManagerFile.end}`), given)).toContain(
      "\nglobal: {}\n"
    )
    expect(merge(given, one)).toContain("receivers:\n  - name: nobody\n")
  })

  it("has one route for each owner and severity of 3 providers, whatever their order", () => {
    const owners = [low, Stripe.contract, Github.contract].map(({ owner }) => owner)
    expect(three.match(/^ {4}- receiver: /gm)).toHaveLength(2 * new Set(owners).size)
    expect(three).toMatch(
      /^# Generated from the contracts acme\/Weather low, surety\/Stripe, surety\/Github, \w{14}\. Change the contracts,/
    )
  })
})

describe("a file of receivers", () => {
  const names = ["shop page", "shop ticket"]
  const read = (text: string): unknown =>
    Result.match(Receivers.parse(text, names), { onSuccess: (found) => found, onFailure: ({ message }) => message })

  it("is YAML or JSON, and may leave some out", () => {
    const page = { webhook_configs: [{ url_file: "/run/hook" }] }
    expect(read("shop page:\n  webhook_configs:\n    - url_file: /run/hook\n")).toEqual({ "shop page": page })
    expect(read(JSON.stringify({ "shop page": page }))).toEqual({ "shop page": page })
    expect(read("{}")).toEqual({})
  })

  it.each([
    ["a: [", "it is neither YAML nor JSON [syntax]"],
    ...["x: *secret", "x: &x [*x]", "x: !secret y", "x: !!js/function secret"].map((text): [string, string] => [
      text,
      "it has a tag or an alias that stands for nothing that can be written [syntax]"
    ]),
    ["- shop page", "it is no mapping from the name of a receiver to its integrations [shape]"],
    ["", "it is no mapping from the name of a receiver to its integrations [shape]"],
    ["shop pages: {}", "shop pages: no route leads to it, they lead to shop page, shop ticket [unknown]"],
    ["shop page: https://secret", "shop page: it is no mapping of integrations [shape]"],
    ["shop page: {}", "shop page: it has no integration [empty]"],
    ["shop page: { name: x }", "shop page.name: an integration is called …_configs [integration]"],
    ["shop page: { slack_configs: { channel: x } }", "shop page.slack_configs: it is no list [shape]"],
    ["shop page: { slack_configs: [] }", "shop page.slack_configs: it is an empty list [empty]"],
    ["shop page: { slack_configs: [{ channel: x }, y] }", "shop page.slack_configs[1]: it is no mapping [shape]"]
  ])("%j is refused by field and rule", (text, message) => {
    expect(read(text)).toBe(message)
    expect(message).not.toContain("secret")
  })
})
