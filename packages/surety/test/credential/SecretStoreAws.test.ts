/** AWS's own client against a server on a loopback port. */
import { SecretsManager } from "@aws-sdk/client-secrets-manager"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as SecretStore from "../../src/credential/SecretStore.ts"
import * as SecretStoreAws from "../../src/credential/SecretStoreAws.ts"
import * as Loopback from "./Loopback.ts"
import { ask, marker, refused } from "./Silence.ts"

const clientOf = (endpoint: string) =>
  Effect.acquireRelease(
    Effect.sync(
      () =>
        new SecretsManager({
          endpoint,
          region: "eu-central-1",
          maxAttempts: 1,
          credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: `${marker}-aws` }
        })
    ),
    (client) => Effect.sync(() => client.destroy())
  )

const overAws = (answer: (stage: string) => Loopback.Reply | undefined, timeout = "5 seconds" as const) =>
  Effect.gen(function* () {
    const server = yield* Loopback.serve(({ body }) => answer(JSON.parse(body).VersionStage))
    const store = SecretStoreAws.make({ client: yield* clientOf(server.origin), timeout })
    return { server, source: SecretStore.source(store, "shop/key") }
  })

const stored = (text: string, id: string): Loopback.Reply => ({
  status: 200,
  body: JSON.stringify({ ARN: "arn", Name: "shop/key", SecretString: text, VersionId: id, VersionStages: ["x"] })
})

const failing = (status: number, type: string): Loopback.Reply => ({
  status,
  body: JSON.stringify({ __type: type, message: `refused ${marker}` })
})

describe("SecretStoreAws", () => {
  it.live("B1: reads AWSCURRENT, and AWSPREVIOUS when the current version is refused", () =>
    Effect.gen(function* () {
      const { server, source } = yield* overAws((stage) =>
        stage === "AWSCURRENT" ? stored("new", "v-2") : stored("old", "v-1")
      )
      const current = yield* source.issue(ask())
      assert.deepStrictEqual([current.version, Redacted.value(current.secret)], ["v-2", "new"])
      const previous = yield* source.issue(ask({ rejected: ["v-2"] }))
      assert.deepStrictEqual([previous.version, Redacted.value(previous.secret)], ["v-1", "old"])
      assert.deepStrictEqual(
        server.requests.map(({ body, headers }) => [headers["x-amz-target"], JSON.parse(body)]),
        ["AWSCURRENT", "AWSCURRENT", "AWSPREVIOUS"].map((VersionStage) => [
          "secretsmanager.GetSecretValue",
          { SecretId: "shop/key", VersionStage }
        ])
      )
    })
  )

  it.live("reads bytes as UTF-8", () =>
    Effect.gen(function* () {
      const { source } = yield* overAws(() => ({
        status: 200,
        body: JSON.stringify({ SecretBinary: btoa("sk_bytes"), VersionId: "v-1" })
      }))
      assert.strictEqual(Redacted.value((yield* source.issue(ask())).secret), "sk_bytes")
    })
  )

  it.live("gives the refused version again when there is no AWSPREVIOUS", () =>
    Effect.gen(function* () {
      const { source } = yield* overAws((stage) =>
        stage === "AWSCURRENT" ? stored("new", "v-2") : failing(400, "ResourceNotFoundException")
      )
      assert.strictEqual((yield* source.issue(ask({ rejected: ["v-2"] }))).version, "v-2")
    })
  )

  it.live("turns 10 refusals into 3 reasons and a code of ours", () =>
    Effect.gen(function* () {
      const store = "aws-secrets-manager"
      const table: ReadonlyArray<readonly [Loopback.Reply, string]> = [
        [failing(400, "ResourceNotFoundException"), `misconfigured: ${store}: there is no shop/key`],
        [failing(400, "AccessDeniedException"), `rejected: ${store}: AccessDeniedException`],
        [failing(400, "UnrecognizedClientException"), `rejected: ${store}: UnrecognizedClientException`],
        [failing(400, "DecryptionFailure"), `misconfigured: ${store}: DecryptionFailure`],
        [failing(400, "InvalidRequestException"), `misconfigured: ${store}: InvalidRequestException`],
        [failing(400, "ThrottlingException"), `unavailable: ${store}: ThrottlingException`],
        [failing(500, "InternalServiceError"), `unavailable: ${store}: InternalServiceError`],
        [failing(403, marker), `rejected: ${store}: HTTP 403`],
        [failing(400, marker), `misconfigured: ${store}: HTTP 400`],
        [{ status: 503, body: `<html>${marker}</html>` }, `unavailable: ${store}: HTTP 503`]
      ]
      for (const [reply, expected] of table) {
        const { source } = yield* overAws(() => reply)
        assert.strictEqual(yield* refused(source), expected)
      }
    })
  )

  it.live("B10: is unavailable when the store is down", () =>
    Effect.gen(function* () {
      const { server, source } = yield* overAws(() => stored("k", "1"))
      yield* server.down
      assert.strictEqual(yield* refused(source), "unavailable: aws-secrets-manager: no answer")
    })
  )

  it.effect("gives up after 5 s, and raises the signal of the request", () =>
    Effect.gen(function* () {
      const signals: Array<AbortSignal> = []
      const store = SecretStoreAws.make({
        client: {
          getSecretValue: (_, { abortSignal }) => {
            signals.push(abortSignal)
            return new Promise(() => {})
          }
        }
      })
      const fiber = yield* Effect.forkChild(refused(SecretStore.source(store, "k")))
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), "unavailable: aws-secrets-manager: no answer within 5000 ms")
      assert.deepStrictEqual(
        signals.map(({ aborted }) => aborted),
        [true]
      )
    })
  )
})
