import type { SecretClient } from "@azure/keyvault-secrets"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as SecretStore from "../../src/credential/SecretStore.ts"
import * as SecretStoreAzure from "../../src/credential/SecretStoreAzure.ts"
import { ask, marker, refused } from "./Silence.ts"

// Azure's own client is one of ours: this line is the test.
export const isClient = (client: SecretClient): SecretStoreAzure.Client => client

interface Version extends SecretStoreAzure.Properties {
  readonly version: string
  readonly value: string
}

const fakeOf = (versions: ReadonlyArray<Version>) => {
  const calls: Array<string> = []
  const client: SecretStoreAzure.Client = {
    getSecret: async (name, { version }) => {
      calls.push(`get ${name} ${version ?? "current"}`)
      const found = versions.find((one) => one.version === (version ?? versions[0]?.version))
      if (found === undefined) throw Object.assign(new Error(marker), { name: "RestError", statusCode: 404 })
      return { value: found.value, properties: found }
    },
    listPropertiesOfSecretVersions: async function* (name) {
      calls.push(`list ${name}`)
      // in an order of its own
      for (const { value: _, ...properties } of [...versions].reverse()) yield properties
    }
  }
  return { calls, client }
}

const on = (day: number) => new Date(Date.UTC(2026, 10, day))

describe("SecretStoreAzure", () => {
  it.effect("B1: reads the current version, and the newest enabled one before it when that is refused", () =>
    Effect.gen(function* () {
      const { calls, client } = fakeOf([
        { version: "d", value: "four", createdOn: on(4), enabled: true, expiresOn: on(30) },
        { version: "c", value: "three", createdOn: on(3), enabled: false },
        { version: "b", value: "two", createdOn: on(2), enabled: true, expiresOn: on(20) },
        { version: "a", value: "one", createdOn: on(1), enabled: true }
      ])
      const source = SecretStore.source(SecretStoreAzure.make({ client }), "key")
      const current = yield* source.issue(ask())
      assert.deepStrictEqual(
        [current.version, Redacted.value(current.secret), current.expiresAtMillis],
        ["d", "four", on(30).getTime()]
      )
      const previous = yield* source.issue(ask({ rejected: ["d"] }))
      assert.deepStrictEqual(
        [previous.version, Redacted.value(previous.secret), previous.expiresAtMillis],
        ["b", "two", on(20).getTime()]
      )
      assert.deepStrictEqual(calls, ["get key current", "get key current", "list key", "get key b"])
    })
  )

  it.effect("turns 6 statuses and 4 other rejections into a reason and a code of ours", () =>
    Effect.gen(function* () {
      const store = "azure-key-vault"
      const table: ReadonlyArray<readonly [unknown, string]> = [
        [{ statusCode: 400 }, `misconfigured: ${store}: HTTP 400`],
        [{ statusCode: 401 }, `rejected: ${store}: HTTP 401`],
        [{ statusCode: 403 }, `rejected: ${store}: HTTP 403`],
        [{ statusCode: 404 }, `misconfigured: ${store}: there is no key`],
        [{ statusCode: 429 }, `unavailable: ${store}: HTTP 429`],
        [{ statusCode: 503 }, `unavailable: ${store}: HTTP 503`],
        [{ name: "RestError", code: "REQUEST_SEND_ERROR" }, `unavailable: ${store}: no answer`],
        [{ name: "CredentialUnavailableError" }, `rejected: ${store}: CredentialUnavailableError`],
        [{ name: marker, statusCode: marker }, `unavailable: ${store}: no answer`],
        [
          {
            get statusCode() {
              throw new Error(marker)
            }
          },
          `unavailable: ${store}: no answer`
        ]
      ]
      for (const [thrown, expected] of table) {
        const { client } = fakeOf([])
        const source = SecretStore.source(
          SecretStoreAzure.make({ client: { ...client, getSecret: () => Promise.reject(thrown) } }),
          "key"
        )
        assert.strictEqual(yield* refused(source), expected)
      }
    })
  )

  it.effect("B10: gives up after 5 s, and raises the signal of the request", () =>
    Effect.gen(function* () {
      const signals: Array<AbortSignal> = []
      const { client } = fakeOf([])
      const store = SecretStoreAzure.make({
        client: {
          ...client,
          getSecret: (_, { abortSignal }) => {
            signals.push(abortSignal)
            return new Promise(() => {})
          }
        }
      })
      const fiber = yield* Effect.forkChild(refused(SecretStore.source(store, "key")))
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), "unavailable: azure-key-vault: no answer within 5000 ms")
      assert.deepStrictEqual(
        signals.map(({ aborted }) => aborted),
        [true]
      )
    })
  )
})
