/**
 * HashiCorp Vault (or OpenBao), its key/value engine version 2, as a `SecretStore`: plain HTTP over the `Transport` port.
 *
 * It reads; it never logs in, renews or writes. Its token comes from you, best from the sink file of a Vault agent.
 *
 * Neighbours: `SecretStore.source` makes a source of it.
 *
 * @source https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Transport } from "../http/Transport.ts"
import * as ServerHint from "../ServerHint.ts"
import * as OwnSecret from "./OwnSecret.ts"
import type { SecretStore } from "./SecretStore.ts"
import { SourceFailure } from "./Source.ts"
import * as SourceRequest from "./SourceRequest.ts"
import * as StoreAnswer from "./StoreAnswer.ts"

/**
 * **Details**   `address`: `https`, or a loopback address (the agent's listener). `token`: a secret, or a source of one,
 * which is asked for another when Vault refuses it. `mount`: of the engine, default `secret`. `namespace`: of Vault
 * Enterprise. `timeout`: of one request, default 5 seconds.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly address: string
  readonly token: OwnSecret.OwnSecret
  readonly mount?: string
  readonly namespace?: string
  readonly timeout?: Duration.Input
}

/**
 * **Details**   A secret is an object: say in `SecretStore.source` which `field` of it you need, or take all of it as JSON.
 * Version: Vault's number. Previous: the number before the current one, which costs a second request. Expiry: the
 * version's `deletion_time`, where the engine has `delete_version_after`. Scopes: Vault knows none.
 *
 * **Failures**   `rejected`: 403. `misconfigured`: 400 and the like. `unavailable`: 429 (with what `Retry-After` says),
 * 412, a redirect of a standby, a sealed Vault (503), no answer. `RangeError`, thrown at once, for an address without
 * TLS.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): Effect.Effect<SecretStore, never, Transport> => {
  const { origin, prefix } = SourceRequest.addressOf(options.address)
  const mount = `${prefix}/v1/${escaped(options.mount ?? "secret")}/data/`
  const headers = {
    "x-vault-request": "true",
    ...(options.namespace === undefined ? undefined : { "x-vault-namespace": options.namespace })
  }
  return Effect.map(Transport, (transport) => {
    const get = (name: string, version: number | undefined): Effect.Effect<Found | undefined, SourceFailure> =>
      OwnSecret.use(options.token, (token) =>
        Effect.gen(function* () {
          const path = mount + escaped(name) + (version === undefined ? "" : `?version=${version}`)
          const authorize = (): Readonly<Record<string, string>> => ({ "x-vault-token": Redacted.value(token) })
          const answer = yield* SourceRequest.send(
            transport,
            { method: "GET", origin, path, headers, body: undefined, authorize },
            { issuer: "vault", timeout: options.timeout ?? "5 seconds" }
          )
          return yield* read(answer, yield* Clock.currentTimeMillis)
        })
      )
    return {
      name: "vault",
      read: (name, which) =>
        Effect.flatMap(get(name, undefined), (current) =>
          which === "current" || current === undefined || current.number <= 1
            ? Effect.succeed(which === "current" ? current : undefined)
            : get(name, current.number - 1)
        )
    }
  })
}

interface Found {
  readonly number: number
  readonly version: string
  readonly secret: Redacted.Redacted<string>
  readonly expiresAtMillis: number | undefined
}

const read = (
  { body, headers, status }: SourceRequest.Answer,
  nowMillis: number
): Effect.Effect<Found | undefined, SourceFailure> => {
  if (status !== 200) {
    const reason = StoreAnswer.reasonOf(status)
    if (reason === "absent") return Effect.succeed(undefined)
    const wait = ServerHint.retryAfter(headers["retry-after"], ServerHint.clock(headers["date"], nowMillis))
    return Effect.fail(
      new SourceFailure({
        reason,
        detail: `vault: HTTP ${status}`,
        ...(wait === undefined ? undefined : { retryAfterMillis: Duration.toMillis(wait) })
      })
    )
  }
  const found = parse(body)
  const number = StoreAnswer.member(found, "data", "metadata", "version")
  const data = StoreAnswer.member(found, "data", "data")
  if (typeof number !== "number" || typeof data !== "object" || data === null) {
    return Effect.fail(
      new SourceFailure({
        reason: "misconfigured",
        detail: "vault: the answer is not that of a key/value engine version 2"
      })
    )
  }
  const end = StoreAnswer.member(found, "data", "metadata", "deletion_time")
  const endMillis = typeof end === "string" ? Date.parse(end) : Number.NaN
  return Effect.succeed({
    number,
    version: String(number),
    secret: Redacted.make(JSON.stringify(data)),
    expiresAtMillis: Number.isNaN(endMillis) ? undefined : endMillis
  })
}

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    // the parser's message quotes the text
    return undefined
  }
}

/** A path, part by part. */
const escaped = (path: string): string => path.split("/").map(encodeURIComponent).join("/")
