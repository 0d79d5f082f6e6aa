import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Headers from "effect/http/Headers"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as UrlParams from "effect/http/UrlParams"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { inspect } from "node:util"
import { Credential } from "surety"
import * as CredentialNames from "../../src/credential/CredentialNames.ts"
import * as RedactedNames from "../../src/credential/RedactedNames.ts"

const life = { scopes: [], rotateEvery: "90 days" } as const

/** A failed request, as a client of Effect reports it. */
const failed = (header: string, query: string) => {
  const request = HttpClientRequest.get(`https://api.example/v1?${query}=CANARY-query-01`, {
    headers: { [header]: "CANARY-header-01" }
  })
  return new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, description: "reset" })
  })
}

const printed = (error: unknown): string =>
  [
    inspect(error, { depth: 10 }),
    inspect((error as HttpClientError.HttpClientError).request),
    JSON.stringify((error as HttpClientError.HttpClientError).request),
    String(error),
    JSON.stringify(error),
    Cause.pretty(Cause.fail(error)),
    Logger.formatJson.log({
      message: [error],
      cause: Cause.fail(error),
      logLevel: "Error",
      date: new Date(0),
      fiber: Effect.runSync(Effect.withFiber((fiber) => Effect.succeed(fiber)))
    })
  ].join("\n")

const defaults = () => Context.get(Context.empty(), Headers.CurrentRedactedNames)

describe("RedactedNames", () => {
  it("B12: hides what a contract declares in an error that is printed outside of any fiber, by 7 ways to print it", async () => {
    const error = failed("x-vendor-token", "vendor_key")
    assert.include(printed(error), "CANARY-header-01")
    assert.include(printed(error), "CANARY-query-01")
    RedactedNames.install()
    CredentialNames.addScheme(Credential.header("X-Vendor-Token", life).scheme)
    CredentialNames.addScheme(Credential.legacyQueryKey("vendor_key", { ...life, because: "it takes it there" }).scheme)
    assert.notInclude(printed(error), "CANARY")
    const rejected: unknown = await Effect.runPromise(Effect.fail(error)).then(
      () => undefined,
      (reason: unknown) => reason
    )
    assert.notInclude(printed(rejected), "CANARY")
  })

  it.effect("B12: hides it in every fiber that has no list of its own", () =>
    Effect.gen(function* () {
      CredentialNames.addScheme(Credential.signature({ ...life, headers: ["X-Signed-With"] }).scheme)
      const lines: Array<string> = []
      const logger = Logger.map(Logger.formatJson, (line) => void lines.push(line))
      const { request } = failed("x-signed-with", "vendor_key")
      const fiber = yield* Effect.provide(Effect.forkDetach(Effect.log(request)), Logger.layer([logger]))
      yield* Fiber.join(fiber)
      assert.strictEqual(lines.length, 1)
      assert.include(lines[0], "x-signed-with")
      assert.notInclude(lines[0], "CANARY")
    })
  )

  it("registers 1 name once however often and however it is written, and none that is hidden already", () => {
    const before = defaults().length
    for (let i = 0; i < 100; i++) {
      RedactedNames.register({ headers: ["X-Only-Once", "x-only-once", "AUTHORIZATION"], queries: ["sig"] })
    }
    assert.strictEqual(defaults().length, before + 1)
  })

  it.effect(
    "reaches a fiber with a list of its own through the layer, also with names of later, until it is closed",
    () =>
      Effect.gen(function* () {
        const own = Layer.merge(
          Layer.succeed(Headers.CurrentRedactedNames, ["x-mine"]),
          Layer.succeed(UrlParams.CurrentRedactedNames, [/^mine/])
        )
        const names = yield* Effect.gen(function* () {
          RedactedNames.register({ headers: ["x-of-later"], queries: ["of_later"] })
          return { headers: yield* Headers.CurrentRedactedNames, queries: yield* UrlParams.CurrentRedactedNames }
        }).pipe(Effect.provide(Layer.provideMerge(RedactedNames.layer, own)))
        assert.includeMembers([...names.headers], ["x-mine", "x-vendor-token", "x-of-later"])
        assert.includeMembers([...names.queries], ["vendor_key", "of_later"])
        RedactedNames.register({ headers: ["x-after-the-end"] })
        assert.notInclude(names.headers, "x-after-the-end")
        assert.include(defaults(), "x-after-the-end")
      })
  )
})
