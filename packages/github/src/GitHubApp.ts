/**
 * The credential of a GitHub App: its private key signs a token that lives for 10 minutes, GitHub trades it for one of an
 * installation that lives for an hour, and `Lifecycle` does so again before it ends.
 *
 * An installation token may be asked for less than the app was given: name the permissions and the repositories that your
 * operations need, and no others.
 *
 * Neighbours: `GitHubAppKey` signs; `ErrorAnswer` says what a refusal means; `Lifecycle.layer` takes `source`.
 *
 * @source https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Credential from "surety/Credential"
import type { Issued } from "surety/credential/Issued"
import * as OwnSecret from "surety/credential/OwnSecret"
import { type Source, SourceFailure } from "surety/credential/Source"
import * as SourceRequest from "surety/credential/SourceRequest"
import * as HttpDate from "surety/HttpDate"
import { Transport } from "surety/http/Transport"
import * as ServerHint from "surety/ServerHint"
import * as ErrorAnswer from "./ErrorAnswer.ts"
import * as GithubContract from "./GithubContract.ts"
import * as GitHubAppKey from "./GitHubAppKey.ts"
import * as RateHeaders from "./RateHeaders.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Level = "read" | "write" | "admin"

/**
 * **Details**   `appId`: the app's id, or its client id. `privateKey`: as PEM, or a source of one (give it
 * `defectOf: GitHubAppKey.defectOf`), which is asked for another when GitHub refuses it. `permissions`, `repositories`,
 * `repositoryIds`: what the token may do and where; without them, all that the installation was given. `baseUrl`:
 * default `https://api.github.com`; of GitHub Enterprise Server, `https://HOST/api/v3`. `timeout`: of one request,
 * default 10 seconds. `userAgent`: default `surety-github`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly appId: string | number
  readonly installationId: string | number
  readonly privateKey: OwnSecret.OwnSecret
  readonly permissions?: Readonly<Record<string, Level>>
  readonly repositories?: ReadonlyArray<string>
  readonly repositoryIds?: ReadonlyArray<number>
  readonly baseUrl?: string
  readonly timeout?: Duration.Input
  readonly userAgent?: string
}

/**
 * The source of installation tokens.
 *
 * **Details**   Scopes: the permissions in GitHub's answer, as `contents:read`; `write` covers `read`, and `admin` both.
 * Expiry: GitHub's `expires_at`, measured against the `Date` of the same answer, so that a wrong clock of ours does not
 * change the lifetime. Version: a number that grows with each token. Revocation ends the token at GitHub.
 *
 * **Failures**   `rejected`: GitHub does not accept the app's token (401; the difference of the clocks is in the failure) or
 * the installation is suspended (403). `misconfigured`: there is no such installation for this app (404), it lacks a
 * permission or a repository that was asked for (422), or the key is none. `unavailable`: a limit, with the wait that
 * GitHub names; 5xx; no answer in time. `RangeError`, thrown at once, for a `baseUrl` without TLS.
 *
 * **Example** (Read by every call, renewed every hour)
 *
 * ```ts import.meta.vitest
 * import { Layer, Redacted } from "effect"
 * import { Lifecycle } from "surety/credential"
 * import { Github, GitHubApp } from "@surety/github"
 *
 * const credentials = Lifecycle.layer(
 *   Github,
 *   GitHubApp.source({
 *     appId: 12345,
 *     installationId: 67890,
 *     privateKey: Redacted.make("-----BEGIN RSA PRIVATE KEY-----…"),
 *     permissions: { issues: "write", metadata: "read" },
 *     repositories: ["hello"]
 *   })
 * )
 *
 * Layer.isLayer(credentials) // => true
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const source = (options: Options): Effect.Effect<Source, never, Transport> => {
  const { origin, prefix } = SourceRequest.addressOf(options.baseUrl ?? "https://api.github.com")
  const body = JSON.stringify({
    permissions: options.permissions,
    repositories: options.repositories,
    repository_ids: options.repositoryIds
  })
  const headers = {
    accept: "application/vnd.github+json",
    "user-agent": options.userAgent ?? "surety-github",
    "x-github-api-version": GithubContract.version
  }
  const path = `${prefix}/app/installations/${encodeURIComponent(String(options.installationId))}/access_tokens`
  return Effect.map(Transport, (transport) => {
    let serial = 0
    const send = (
      request: { readonly method: string; readonly path: string; readonly body: string | undefined },
      secret: Redacted.Redacted<string>
    ): Effect.Effect<SourceRequest.Answer, SourceFailure> =>
      SourceRequest.send(
        transport,
        {
          ...request,
          origin,
          headers: request.body === undefined ? headers : { ...headers, "content-type": "application/json" },
          authorize: () => ({ authorization: `Bearer ${Redacted.value(secret)}` })
        },
        { issuer: "github", timeout: options.timeout ?? "10 seconds" }
      )
    return {
      name: "github-app",
      issue: () =>
        OwnSecret.use(options.privateKey, (pem) =>
          Effect.gen(function* () {
            const sentAtMillis = yield* Clock.currentTimeMillis
            const proof = yield* GitHubAppKey.token(pem, options.appId, sentAtMillis)
            const answer = yield* send({ method: "POST", path, body }, proof)
            const found = answer.status === 201 ? issuedOf(answer, sentAtMillis, ++serial) : undefined
            return found ?? (yield* failureOf(answer, yield* Clock.currentTimeMillis))
          })
        ),
      revoke: ({ secret }) =>
        Effect.gen(function* () {
          const answer = yield* send(
            { method: "DELETE", path: `${prefix}/installation/token`, body: undefined },
            secret
          )
          // 401: the token is no more
          if (answer.status === 204 || answer.status === 401) return
          return yield* failureOf(answer, yield* Clock.currentTimeMillis)
        })
    }
  })
}

const issuedOf = (
  { body, headers }: SourceRequest.Answer,
  sentAtMillis: number,
  serial: number
): Issued | undefined => {
  const { expires_at: expiresAt, permissions, token } = membersOf(parse(body))
  if (typeof token !== "string" || Credential.defectOf(token) !== undefined) return undefined
  const endMillis = typeof expiresAt === "string" ? Date.parse(expiresAt) : Number.NaN
  if (Number.isNaN(endMillis)) return undefined
  const date = headers["date"]
  const lifeMillis = endMillis - ((date === undefined ? undefined : HttpDate.parse(date)) ?? Number.NaN)
  return {
    secret: Redacted.make(token),
    version: String(serial),
    scopes: scopesOf(membersOf(permissions)),
    issuedAtMillis: sentAtMillis,
    // a `Date` that is further away than a day is a mistake
    expiresAtMillis: lifeMillis > 0 && lifeMillis <= 86_400_000 ? sentAtMillis + lifeMillis : endMillis
  }
}

const covered: Readonly<Record<string, ReadonlyArray<Level>>> = {
  read: ["read"],
  write: ["read", "write"],
  admin: ["read", "write", "admin"]
}

const scopesOf = (permissions: Readonly<Record<string, unknown>>): ReadonlyArray<string> =>
  Object.entries(permissions).flatMap(([name, level]) =>
    (typeof level === "string" && Object.hasOwn(covered, level) ? (covered[level] ?? []) : []).map(
      (one) => `${name}:${one}`
    )
  )

/** GitHub's words are read for what they mean, by `ErrorAnswer`; none of them is kept. */
const failureOf = ({ body, headers, status }: SourceRequest.Answer, nowMillis: number): SourceFailure => {
  const kind = ErrorAnswer.classify({ status, headers, body: parse(body) })
  const limited = kind === "RateLimited" || kind === "SecondaryLimited"
  const wait = limited
    ? (RateHeaders.retryAfter(headers, nowMillis) ??
      (kind === "RateLimited" ? RateHeaders.untilReset(headers, nowMillis) : undefined) ??
      RateHeaders.leastWait)
    : ServerHint.retryAfter(headers["retry-after"], ServerHint.clock(headers["date"], nowMillis))
  return new SourceFailure({
    reason: limited ? "unavailable" : (reasons[status] ?? "unavailable"),
    detail: `github: ${limited ? "a limit, HTTP" : (details[status] ?? "HTTP")} ${status}${skewOf(status, headers, nowMillis)}`,
    ...(wait === undefined ? undefined : { retryAfterMillis: Duration.toMillis(wait) })
  })
}

const reasons: Readonly<Record<number, SourceFailure["reason"]>> = {
  400: "misconfigured",
  401: "rejected",
  403: "rejected",
  404: "misconfigured",
  410: "misconfigured",
  422: "misconfigured",
  451: "rejected"
}

const details: Readonly<Record<number, string>> = {
  201: "an answer without a token, HTTP",
  401: "the app's token was refused, HTTP",
  403: "the app may not, or the installation is suspended, HTTP",
  404: "there is no such installation of this app, HTTP",
  422: "the installation lacks a permission or a repository that was asked for, HTTP"
}

/** A clock that is wrong by minutes is a usual cause of a 401. */
const skewOf = (status: number, headers: SourceRequest.Answer["headers"], nowMillis: number): string => {
  const date = headers["date"]
  const theirs = status !== 401 || date === undefined ? undefined : HttpDate.parse(date)
  if (theirs === undefined) return ""
  const seconds = Math.round((nowMillis - theirs) / 1000)
  return Math.abs(seconds) <= 30 ? "" : `; our clock is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead" : "behind"}`
}

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    // the parser's message quotes the text
    return undefined
  }
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
