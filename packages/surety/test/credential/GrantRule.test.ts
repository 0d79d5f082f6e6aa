import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import * as GrantPayload from "../../src/credential/GrantPayload.ts"
import * as GrantRule from "../../src/credential/GrantRule.ts"
import type { GrantRecord } from "../../src/credential/GrantStore.ts"
import type { Ask } from "../../src/credential/Source.ts"
import type { ReuseProfile, Tokens } from "../../src/credential/Tokens.ts"

const never: ReuseProfile = { name: "strict", graceMillis: 0, rotates: "always" }
const grace30: ReuseProfile = { name: "grace", graceMillis: 30_000, rotates: "always" }
const fixed: ReuseProfile = { name: "fixed", graceMillis: 0, rotates: "never" }

/** Issued at 0, ends at 60 s, so it counts as over at 55 s. */
const tokens: Tokens = {
  accessToken: Redacted.make("access"),
  refreshToken: Redacted.make("refresh"),
  scopes: undefined,
  issuedAtMillis: 0,
  expiresAtMillis: 60_000,
  extra: {}
}
const payload = { grant: "g", serial: 3, tokens }
const before = (version: string): Ask => ({
  because: "advisory",
  previous: { secret: Redacted.make("s"), version, issuedAtMillis: 0 },
  rejected: new Set()
})
const start: Ask = { because: "start", previous: undefined, rejected: new Set() }
const rejecting: Ask = { ...before("g.3"), because: "rejected", rejected: new Set(["g.3"]) }
const record = (state: GrantRecord["state"], startedAt?: number, announced: "yes" | "no" = "no"): GrantRecord => ({
  version: 5,
  state,
  payload: Redacted.make(""),
  refreshStartedAtMillis: startedAt,
  announced
})

interface Row {
  readonly name: string
  readonly given: Partial<GrantRule.Situation>
  readonly next: string
}
const rows: ReadonlyArray<Row> = [
  { name: "no record", given: { record: undefined }, next: "Fail missing" },
  { name: "an unreadable record", given: { payload: undefined }, next: "Fail unreadable" },
  { name: "nobody has a token yet", given: { ask: start }, next: "Give" },
  { name: "newer tokens than the asker's", given: { ask: before("g.2") }, next: "Give" },
  { name: "newer tokens, refreshing", given: { ask: before("g.2"), record: record("refreshing", 0) }, next: "Give" },
  { name: "newer tokens, but over", given: { ask: before("g.2"), nowMillis: 55_000 }, next: "Lease" },
  { name: "newer tokens, but refused", given: { ask: { ...rejecting, previous: undefined } }, next: "Lease" },
  { name: "the asker's own tokens", given: {}, next: "Lease" },
  { name: "the asker's own, refreshing", given: { record: record("refreshing", 0) }, next: "Lease" },
  { name: "the same, lease ours", given: { lease: "ours" }, next: "Send first" },
  {
    name: "over at the start, lease ours",
    given: { lease: "ours", ask: start, nowMillis: 99_000 },
    next: "Send first"
  },
  {
    name: "a holder died 10 s ago, no grace, access token good",
    given: { lease: "ours", record: record("refreshing", 0), nowMillis: 10_000 },
    next: "Fail in-doubt 45000"
  },
  {
    name: "a holder died 10 s ago, no grace, access token over",
    given: { lease: "ours", record: record("refreshing", 50_000), nowMillis: 60_000 },
    next: "Send again 50000"
  },
  {
    name: "a holder died 10 s ago, no grace, access token refused",
    given: { lease: "ours", record: record("refreshing", 0), nowMillis: 10_000, ask: rejecting },
    next: "Send again 0"
  },
  {
    name: "a holder died 10 s ago, grace 30 s",
    given: { lease: "ours", record: record("refreshing", 0), nowMillis: 10_000, profile: grace30 },
    next: "Send again 0"
  },
  {
    name: "a holder died 28 s ago, grace 30 s, 2 s of it for the way",
    given: { lease: "ours", record: record("refreshing", 0), nowMillis: 28_000, profile: grace30 },
    next: "Fail in-doubt 27000"
  },
  {
    name: "a holder died in the future, grace 30 s",
    given: { lease: "ours", record: record("refreshing", 40_000), nowMillis: 10_000, profile: grace30 },
    next: "Fail in-doubt 45000"
  },
  {
    name: "a holder died, the server does not rotate",
    given: { lease: "ours", record: record("refreshing", 0), nowMillis: 50_000, profile: fixed },
    next: "Send again 0"
  },
  { name: "refused by the server", given: { lease: "ours", refused: "g.3" }, next: "Bury refused" },
  { name: "an older one refused", given: { lease: "ours", refused: "g.2" }, next: "Send first" },
  { name: "dead, unannounced", given: { record: record("dead") }, next: "Lease" },
  { name: "dead, unannounced, lease ours", given: { record: record("dead"), lease: "ours" }, next: "Announce" },
  { name: "dead, announced", given: { record: record("dead", 0, "yes"), lease: "ours" }, next: "Fail dead" },
  {
    name: "dead, although the access token is good",
    given: { record: record("dead", 0, "yes"), ask: start },
    next: "Fail dead"
  },
  {
    name: "no refresh token, access token good",
    given: { lease: "ours", payload: { ...payload, tokens: { ...tokens, refreshToken: undefined } } },
    next: "Fail not-yet 54000"
  },
  {
    name: "no refresh token, access token over",
    given: {
      lease: "ours",
      nowMillis: 55_000,
      payload: { ...payload, tokens: { ...tokens, refreshToken: undefined } }
    },
    next: "Bury no-refresh-token"
  }
]

const situation = (given: Partial<GrantRule.Situation>): GrantRule.Situation => ({
  record: record("live"),
  payload,
  lease: "unknown",
  ask: before("g.3"),
  nowMillis: 1000,
  profile: never,
  refused: undefined,
  ...given
})

const said = (step: GrantRule.Step): string => {
  switch (step._tag) {
    case "Send":
      return step.firstSentAtMillis === undefined ? "Send first" : `Send again ${step.firstSentAtMillis}`
    case "Bury":
      return `Bury ${step.why}`
    case "Fail":
      return ["Fail", step.why, step.retryAfterMillis].filter((word) => word !== undefined).join(" ")
    default:
      return step._tag
  }
}

describe("what to do next about a shared grant", () => {
  for (const { given, name, next } of rows) {
    it(`${name}: ${next}`, () => assert.strictEqual(said(GrantRule.decide(situation(given))), next))
  }

  const anything = fc.record({
    record: fc.record({
      version: fc.integer({ min: 1, max: 9 }),
      state: fc.constantFrom("live" as const, "refreshing" as const, "dead" as const),
      payload: fc.constant(Redacted.make("")),
      refreshStartedAtMillis: fc.option(fc.integer({ min: -100_000, max: 100_000 }), { nil: undefined }),
      announced: fc.constantFrom("yes" as const, "no" as const)
    }),
    lease: fc.constantFrom("ours" as const, "unknown" as const),
    ask: fc.constantFrom(start, before("g.3"), before("g.2"), rejecting),
    nowMillis: fc.integer({ min: 0, max: 100_000 }),
    profile: fc.constantFrom(never, grace30, fixed),
    refused: fc.constantFrom(undefined, "g.3")
  })

  it("in 2000 situations it never sends without the lease, from a dead record or a refused token, nor gives what is over or refused", () => {
    fc.assert(
      fc.property(anything, (given) => {
        const step = GrantRule.decide(situation(given))
        if (step._tag === "Send" || step._tag === "Bury" || step._tag === "Announce") {
          assert.strictEqual(given.lease, "ours")
        }
        if (step._tag === "Send") {
          assert.notStrictEqual(given.record.state, "dead")
          assert.isUndefined(given.refused)
        }
        if (step._tag === "Give") {
          assert.isBelow(given.nowMillis, 55_000)
          assert.isFalse(given.ask.rejected.has("g.3"))
          assert.notStrictEqual(given.record.state, "dead")
        }
        if (given.lease === "ours") assert.notStrictEqual(step._tag, "Lease")
      }),
      { numRuns: 2000 }
    )
  })
})

describe("when an access token counts as over", () => {
  it.each([
    [60_000, 55_000],
    [20_000, 18_000],
    [3_600_000, 3_595_000]
  ])("a life of %i ms is over at %i ms", (life, over) =>
    assert.strictEqual(GrantRule.overAtMillis({ ...tokens, expiresAtMillis: life }), over)
  )
  it("one without an end is never over", () =>
    assert.strictEqual(GrantRule.overAtMillis({ ...tokens, expiresAtMillis: undefined }), Number.POSITIVE_INFINITY))
})

describe("what becomes of tokens that no store has yet", () => {
  const kept = { ...payload, serial: 4 }
  const other = { ...kept, tokens: { ...tokens, accessToken: Redacted.make("access of another answer") } }
  it.each([
    ["the record still has serial 3, live", record("live"), payload, "Commit"],
    ["the record still has serial 3, refreshing", record("refreshing"), payload, "Commit"],
    ["the record has it already", record("live"), kept, "Stored"],
    ["it has it, and is being refreshed again", record("refreshing"), kept, "Stored"],
    ["the record has another serial 4", record("live"), other, "Drop"],
    ["the record has serial 5", record("live"), { ...payload, serial: 5 }, "Drop"],
    ["a person put another grant", record("live"), { ...payload, grant: "h" }, "Drop"],
    ["the grant is dead", record("dead"), payload, "Drop"],
    ["there is no record", undefined, undefined, "Drop"]
  ] as const)("%s", (_name, there, has, then) => assert.strictEqual(GrantRule.settle(kept, there, has), then))
})

describe("the payload of a shared grant", () => {
  const answer: Tokens = {
    ...tokens,
    accessToken: Redacted.make("access-2"),
    refreshToken: undefined,
    extra: { b: "2" }
  }

  it("A18: an answer without a refresh token keeps the old one, and the scopes and extras that it does not repeat", () => {
    const next = GrantPayload.successor(
      { ...payload, tokens: { ...tokens, scopes: ["read"], extra: { a: "1" } } },
      answer
    )
    assert.strictEqual(GrantPayload.versionOf(next), "g.4")
    assert.strictEqual(
      next.tokens.refreshToken === undefined ? "" : Redacted.value(next.tokens.refreshToken),
      "refresh"
    )
    assert.deepStrictEqual(next.tokens.scopes, ["read"])
    assert.deepStrictEqual(next.tokens.extra, { a: "1", b: "2" })
  })

  it("is read as it was written", () => {
    const written = GrantPayload.encode({
      ...payload,
      tokens: { ...tokens, scopes: ["a b", "ž"], extra: { jkt: "☃" } }
    })
    const read = GrantPayload.decode({ ...record("live"), payload: written })
    assert.strictEqual(
      read === undefined ? undefined : Redacted.value(GrantPayload.encode(read)),
      Redacted.value(written)
    )
  })

  it("takes its name from the record of version 5 when it has none", () => {
    const text = JSON.stringify({ accessToken: "a", issuedAtMillis: 0, extra: {} })
    const read = GrantPayload.decode({ ...record("live"), payload: Redacted.make(text) })
    assert.strictEqual(read === undefined ? undefined : GrantPayload.versionOf(read), "r5.1")
  })

  it.each(["", "{", "null", '{"accessToken":1}', "canary"])("%j is not one", (text) =>
    assert.isUndefined(GrantPayload.decode({ ...record("live"), payload: Redacted.make(text) }))
  )
})
