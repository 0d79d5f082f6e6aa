import { parse } from "yaml"
import { describe, expect, it } from "vitest"
import type { Contract } from "surety"
import { Catalog, Dashboard } from "@surety/ops"
import { Stripe } from "@surety/stripe"
import { all, local } from "./rig/Contracts.ts"
import { hostile } from "./rig/Hostile.ts"

// The rules of the catalogue, as its own validators have them (packages/catalog-model, CommonValidatorFunctions).
const isName = (text: string): boolean => text.length <= 63 && /^[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*$/.test(text)
const isLabelValue = (text: string): boolean => text === "" || isName(text)
const isTag = (text: string): boolean => text.length <= 63 && /^[a-z0-9:+#]+(-[a-z0-9:+#]+)*$/.test(text)
const isDnsName = (text: string): boolean =>
  text.length <= 253 && text.split(".").every((part) => part.length <= 63 && /^[a-z0-9]+(-+[a-z0-9]+)*$/.test(part))
const isKey = (key: string): boolean => {
  const [prefix, name, ...rest] = key.includes("/") ? key.split("/") : [undefined, key]
  return rest.length === 0 && (prefix === undefined || isDnsName(prefix)) && isName(name ?? "")
}

describe("an entity of the catalogue", () => {
  it("keeps to the rules of the catalogue for 7 contracts, one of them hostile", () => {
    for (const contract of [...all, hostile]) {
      const { apiVersion, kind, metadata, spec } = Catalog.make(contract, {
        system: "Order & Payment",
        runbookBaseUrl: "https://runbooks.example",
        dashboardBaseUrl: "https://grafana.example/d"
      })
      expect([apiVersion, kind]).toEqual(["backstage.io/v1alpha1", "API"])
      expect(isName(metadata.name), metadata.name).toBe(true)
      for (const [key, value] of Object.entries(metadata.labels)) {
        expect(isKey(key), key).toBe(true)
        expect(isLabelValue(value), value).toBe(true)
      }
      for (const key of Object.keys(metadata.annotations)) expect(isKey(key), key).toBe(true)
      for (const tag of metadata.tags) expect(isTag(tag), tag).toBe(true)
      for (const { url } of metadata.links) expect(new URL(url).protocol).toMatch(/^https?:$/)
      for (const text of [spec.type, spec.lifecycle, spec.definition]) expect(text.length).toBeGreaterThan(0)
      expect(isName(spec.owner.replace(/^(group:|user:)?([^/]+\/)?/, "")), spec.owner).toBe(true)
      expect(isName(spec.system ?? ""), spec.system).toBe(true)
    }
  })

  it("keeps an owner that is a reference, and makes a name of any other", () => {
    const ownerOf = (owner: string): string => Catalog.make({ ...Stripe.contract, owner }).spec.owner
    expect(ownerOf("team-checkout")).toBe("team-checkout")
    expect(ownerOf("group:default/team-checkout")).toBe("group:default/team-checkout")
    expect(ownerOf('Team "Orders", floor 3')).toBe("team-orders-floor-3")
    expect(ownerOf("!!!")).toBe("unnamed")
  })

  it("cuts a name of 100 letters to 63", () => {
    expect(Catalog.make({ ...Stripe.contract, id: `a/${"b".repeat(100)}` }).metadata.name.length).toBe(63)
  })

  it("selects its dashboard, and no other, by a tag: the Grafana plugin asks `@>` of lists only, and of 5 variables tags is one", () => {
    const tagsOf = (contract: Contract.Any) => Dashboard.make(contract).json["tags"] as ReadonlyArray<string>
    for (const contract of all) {
      const { annotations } = Catalog.make(contract).metadata
      const [, tag = ""] = /^tags @> '([^']{1,50})'$/.exec(annotations["grafana/dashboard-selector"] ?? "") ?? []
      expect(all.filter((one) => tagsOf(one).includes(tag))).toEqual([contract])
    }
  })

  it("tells 2 providers apart whose names have no Latin letter", () => {
    const of = (id: string) =>
      Catalog.make({ ...Stripe.contract, id }, { runbookBaseUrl: "https://runbooks.example" }).metadata
    const [one, other] = [of("天気"), of("地図")]
    const dashboard = "grafana/dashboard-selector"
    expect(one.annotations[dashboard]).not.toBe(other.annotations[dashboard])
    expect(one.links[1]?.url).toMatch(/^https:\/\/runbooks\.example\/[0-9a-f]{14}\/$/)
    expect(one.links[1]?.url).not.toBe(other.links[1]?.url)
  })

  it("links to everything that is known: 6 places, and to 1 when nothing but the contract is", () => {
    const full = Catalog.make(Stripe.contract, {
      runbookBaseUrl: "https://runbooks.example/",
      dashboardBaseUrl: "https://grafana.example/d/",
      dossierUrl: "https://docs.example/stripe.html",
      statusPage: "https://status.stripe.com",
      support: "https://support.stripe.com"
    })
    expect(full.metadata.links.map(({ url }) => url)).toEqual([
      Stripe.contract.runbook,
      "https://runbooks.example/surety-stripe/",
      "https://docs.example/stripe.html",
      "https://grafana.example/d/surety-surety-stripe",
      "https://status.stripe.com",
      "https://support.stripe.com"
    ])
    expect(Catalog.make(Stripe.contract).metadata.links.length).toBe(1)
  })

  it("reads back from YAML as it was", () => {
    for (const contract of [...all, hostile, local.low]) {
      expect(parse(Catalog.toYaml(contract))).toEqual(JSON.parse(JSON.stringify(Catalog.make(contract))))
    }
  })
})
