import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Catalog } from "@surety/ops"
import * as Options from "@surety/ops/Options"
import { Stripe } from "@surety/stripe"

const uidOf = (id: string): string => Options.dashboardUid({ ...Stripe.contract, id })

describe("the name of a provider in paths and identifiers", () => {
  it("is its own words for an ordinary id, as it always was", () => {
    expect(
      ["surety/Stripe", "shop/Payments", "my-team/Payments", "Payments", "acme2/S3"].map((id) => [
        Options.slug(id),
        uidOf(id)
      ])
    ).toEqual([
      ["surety-stripe", "surety-surety-stripe"],
      ["shop-payments", "surety-shop-payments"],
      ["my-team-payments", "surety-my-team-payments"],
      ["payments", "surety-payments"],
      ["acme2-s3", "surety-acme2-s3"]
    ])
  })

  it("is another one for each of 9 ids with the same words, and so is the uid of the dashboard", () => {
    const same = ["a/b", "a-b", "a b", "a.b", "a//b", "a--b", "/a/b", "@a/b", "天a/b"]
    expect(new Set(same.map(Options.slug)).size).toBe(9)
    expect(new Set(same.map(uidOf)).size).toBe(9)
    expect(Options.slug("a-b/c")).toBe("a-b-c")
    expect(Options.slug("a/b-c")).toMatch(/^a-b-c-[0-9a-f]{8}$/)
    expect(Options.slug("a/b/c")).not.toBe(Options.slug("a/b-c"))
  })

  it("is another one, of at most 63 characters, for 2 ids that differ after 70, and the uid of at most 40 is too", () => {
    const long = (end: string): string => `${"department-of-payments".repeat(3)}/${"Provider"}${end}`
    for (const [of, most] of [
      [Options.slug, 63],
      [uidOf, 40]
    ] as const) {
      const [one, other] = [of(long("One")), of(long("Two"))]
      expect(one).not.toBe(other)
      expect([one.length, other.length]).toEqual([most, most])
    }
    // what fits is not touched: 33 characters
    expect(uidOf("integrations/VeryLongProviderName")).toBe("surety-integrations-verylongprovidername")
  })

  it("is one that Grafana, the catalogue and a file system take, whatever the id is, and another one for each id", () => {
    const id = fc.oneof(
      fc.string({ minLength: 1, maxLength: 90 }),
      fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom("a", "b", "/", "-", " ", ".") })
    )
    fc.assert(
      fc.property(id, id, (one, other) => {
        const slug = Options.slug(one)
        expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
        expect(slug.length).toBeLessThanOrEqual(63)
        expect(uidOf(one)).toMatch(/^surety-[a-z0-9]+(-[a-z0-9]+)*$/)
        expect(uidOf(one).length).toBeLessThanOrEqual(40)
        expect(Catalog.make({ ...Stripe.contract, id: one }).metadata.name).toBe(slug)
        if (one.toLowerCase() === other.toLowerCase()) return
        expect(slug).not.toBe(Options.slug(other))
        expect(uidOf(one)).not.toBe(uidOf(other))
      }),
      { numRuns: 2000 }
    )
  })
})
