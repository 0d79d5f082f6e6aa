import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import * as TokenAnswer from "../src/TokenAnswer.ts"

const context = { requestedAtMillis: 1000, scopes: ["read"], bound: "to nobody" } as const
const answer = { access_token: "at-1", token_type: "bearer" } as const

const tokens = (given: object, asked: Partial<TokenAnswer.Context> = {}) => {
  const decided = TokenAnswer.decide({ ...answer, ...given }, { ...context, ...asked })
  return decided._tag === "Tokens" ? decided.tokens : decided.why
}

describe("the answer of a token endpoint", () => {
  it("lives from before the request: 10 s after second 1 is second 11", () => {
    expect(tokens({ expires_in: 10 })).toMatchObject({ issuedAtMillis: 1000, expiresAtMillis: 11_000 })
    expect(tokens({})).toMatchObject({ expiresAtMillis: undefined })
  })

  it.each([
    ["what was asked for, when it says nothing", {}, ["read"], ["read"]],
    ["what it says", { scope: "read write" }, ["read"], ["read", "write"]],
    ["what it says with commas", { scope: "repo,gist" }, [], ["repo", "gist"]],
    ["nothing, when it says so", { scope: "" }, ["read"], []],
    ["what nobody knows, when nobody says anything", {}, [], undefined]
  ])("A10: grants %s", (_, given, scopes, granted) => {
    expect(tokens(given, { scopes })).toMatchObject({ scopes: granted })
  })

  it("A18: without a refresh token has none", () => {
    expect(tokens({})).toMatchObject({ refreshToken: undefined })
  })

  it.each([
    ["a token that no header can carry", { access_token: "a\nb" }, {}, "the access token cannot be sent"],
    ["a token for everybody where a key was proved", {}, { bound: "to a key" }, "the token is not bound to the key"],
    [
      "a token for a key where none was proved",
      { token_type: "dpop" },
      {},
      "the token is bound to a key that the client does not have"
    ],
    ["a life in milliseconds of the epoch", { expires_in: 1_800_000_000_000 }, {}, "expires_in is no lifetime"],
    ["a life that is no number", { expires_in: Number.NaN }, {}, "expires_in is no lifetime"]
  ] as const)("refuses %s", (_, given, asked, why) => {
    expect(tokens(given, asked)).toBe(why)
  })

  it("shows no token", () => {
    const given = tokens({ refresh_token: "rt-1" })
    expect(JSON.stringify(given)).not.toMatch(/at-1|rt-1/)
    expect(typeof given === "object" && Redacted.value(given.accessToken)).toBe("at-1")
  })
})
