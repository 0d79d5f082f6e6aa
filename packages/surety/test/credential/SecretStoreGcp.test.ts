import { assert, describe, it } from "@effect/vitest"
import type { SecretManagerServiceClient } from "@google-cloud/secret-manager"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as SecretStore from "../../src/credential/SecretStore.ts"
import * as SecretStoreGcp from "../../src/credential/SecretStoreGcp.ts"
import { ask, marker, refused } from "./Silence.ts"

// Google's own client is one of ours: this line is the test.
export const isClient = (client: SecretManagerServiceClient): SecretStoreGcp.Client => client

const secret = "projects/shop/secrets/key"

/** What Google's client does: newest first, `latest` is the newest, errors with the number of gRPC. */
const fakeOf = (versions: ReadonlyArray<readonly [string, string | number, string]>) => {
  const calls: Array<string> = []
  const client: SecretStoreGcp.Client = {
    accessSecretVersion: async ({ name }) => {
      calls.push(`access ${name}`)
      const asked = name.slice(name.lastIndexOf("/") + 1)
      const found = asked === "latest" ? versions[0] : versions.find(([number]) => number === asked)
      if (found === undefined) throw Object.assign(new Error(marker), { code: 5, details: marker })
      if (found[1] !== "ENABLED" && found[1] !== 1) throw Object.assign(new Error(marker), { code: 9 })
      return [{ name: `${secret}/versions/${found[0]}`, payload: { data: new TextEncoder().encode(found[2]) } }, {}, {}]
    },
    listSecretVersions: async ({ parent }, { autoPaginate }) => {
      calls.push(`list ${parent} ${autoPaginate}`)
      return [versions.map(([number, state]) => ({ name: `${secret}/versions/${number}`, state })), null, {}]
    }
  }
  return { calls, client }
}

describe("SecretStoreGcp", () => {
  it.effect("B1: reads latest, and the newest enabled version before it when that is refused", () =>
    Effect.gen(function* () {
      for (const enabled of ["ENABLED", 1]) {
        const { calls, client } = fakeOf([
          ["4", enabled, "four"],
          ["3", "DISABLED", "three"],
          ["2", enabled, "two"],
          ["1", enabled, "one"]
        ])
        const source = SecretStore.source(SecretStoreGcp.make({ client }), secret)
        const current = yield* source.issue(ask())
        assert.deepStrictEqual([current.version, Redacted.value(current.secret)], ["4", "four"])
        const previous = yield* source.issue(ask({ rejected: ["4"] }))
        assert.deepStrictEqual([previous.version, Redacted.value(previous.secret)], ["2", "two"])
        assert.deepStrictEqual(calls, [
          `access ${secret}/versions/latest`,
          `access ${secret}/versions/latest`,
          `list ${secret} false`,
          `access ${secret}/versions/2`
        ])
      }
    })
  )

  it.effect("reads an alias for the previous version, and then lists nothing", () =>
    Effect.gen(function* () {
      const { calls, client } = fakeOf([
        ["4", "ENABLED", "four"],
        ["old", "ENABLED", "three"]
      ])
      const source = SecretStore.source(SecretStoreGcp.make({ client, previousAlias: "old" }), secret)
      assert.strictEqual(Redacted.value((yield* source.issue(ask({ rejected: ["4"] }))).secret), "three")
      assert.strictEqual(calls.filter((call) => call.startsWith("list")).length, 0)
    })
  )

  it.effect("gives the refused version again when there is none before it", () =>
    Effect.gen(function* () {
      const { client } = fakeOf([["1", "ENABLED", "one"]])
      const source = SecretStore.source(SecretStoreGcp.make({ client }), secret)
      assert.strictEqual((yield* source.issue(ask({ rejected: ["1"] }))).version, "1")
    })
  )

  it.effect("turns 9 codes of gRPC and 3 other rejections into a reason and a code of ours", () =>
    Effect.gen(function* () {
      const store = "gcp-secret-manager"
      const table: ReadonlyArray<readonly [unknown, string]> = [
        [{ code: 3 }, `misconfigured: ${store}: INVALID_ARGUMENT`],
        [{ code: 4 }, `unavailable: ${store}: DEADLINE_EXCEEDED`],
        [{ code: 5 }, `misconfigured: ${store}: there is no ${secret}`],
        [{ code: 7 }, `rejected: ${store}: PERMISSION_DENIED`],
        [{ code: 8 }, `unavailable: ${store}: RESOURCE_EXHAUSTED`],
        [{ code: 9 }, `misconfigured: ${store}: FAILED_PRECONDITION`],
        [{ code: 13 }, `unavailable: ${store}: INTERNAL`],
        [{ code: 14 }, `unavailable: ${store}: UNAVAILABLE`],
        [{ code: 16 }, `rejected: ${store}: UNAUTHENTICATED`],
        [{ code: 2 }, `unavailable: ${store}: code 2`],
        [{ code: marker }, `unavailable: ${store}: no answer`],
        [undefined, `unavailable: ${store}: no answer`]
      ]
      for (const [error, expected] of table) {
        const thrown = error === undefined ? undefined : Object.assign(new Error(marker), error)
        const { client } = fakeOf([])
        const source = SecretStore.source(
          SecretStoreGcp.make({ client: { ...client, accessSecretVersion: () => Promise.reject(thrown) } }),
          secret
        )
        assert.strictEqual(yield* refused(source), expected)
      }
    })
  )

  it.effect("B10: gives up after 2 s when told so", () =>
    Effect.gen(function* () {
      const { client } = fakeOf([])
      const store = SecretStoreGcp.make({
        client: { ...client, accessSecretVersion: () => new Promise(() => {}) },
        timeout: "2 seconds"
      })
      const fiber = yield* Effect.forkChild(refused(SecretStore.source(store, secret)))
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), "unavailable: gcp-secret-manager: no answer within 2000 ms")
    })
  )
})
