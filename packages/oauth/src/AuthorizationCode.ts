/**
 * A person grants access: they are sent to their server, come back with a code, and the code is changed for tokens.
 *
 * PKCE with S256 always goes with it, and so do a state that is good once and, for OpenID, a nonce; none can be switched
 * off. The implicit and the password grant cannot be written. No address is ever taken from a callback.
 *
 * Flows whose people share a browser stand together in one `make`: an answer of one server must not be taken for another's.
 *
 * Neighbours: `Transaction` is what is remembered meanwhile; `RefreshGrant` keeps what was granted alive;
 * `SharedGrant.adopt` puts the tokens where it finds them.
 *
 * @source RFC 6749, section 4.1; RFC 7636; RFC 9207; RFC 9126; RFC 9700, sections 2.1, 4.4 and 4.7
 * @stability experimental
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Redacted from "effect/Redacted"
import * as oauth from "oauth4webapi"
import { Audit } from "surety/credential/Audit"
import type { Tokens } from "surety/credential/Tokens"
import type { Transport } from "surety/http/Transport"
import * as Callback from "./Callback.ts"
import * as Client from "./Client.ts"
import { OAuthFailure } from "./OAuthFailure.ts"
import * as RedirectUri from "./RedirectUri.ts"
import * as TokenRequest from "./TokenRequest.ts"
import type { Transaction } from "./Transaction.ts"
import { TransactionStore } from "./TransactionStore.ts"

/**
 * **Details**   `redirectUri`: as it is registered, letter by letter. `callbackIssuer`: does the server tell in the
 * callback who it is (RFC 9207)? Default `sent`; a flow with `absent` needs a redirect address of its own. `pushed`:
 * whether the request goes to the server directly (RFC 9126); default: when the server requires it. `completeWithin`:
 * default 10 minutes. With `openid` among the scopes, an ID token is required and checked.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends TokenRequest.Wanted {
  readonly client: Client.Client
  readonly redirectUri: string
  readonly scopes: ReadonlyArray<string>
  readonly callbackIssuer?: "sent" | "absent"
  readonly pushed?: "always" | "when required"
  readonly completeWithin?: Duration.Input
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Flow {
  /**
   * **Details**   Send the person to `url`; keep `transaction` in their session. `port`: where a program on the person's
   * own machine listens, for a redirect address on loopback.
   */
  readonly begin: (options?: {
    readonly port?: number
  }) => Effect.Effect<{ readonly url: string; readonly transaction: Transaction }, OAuthFailure, Transport>
  /**
   * **Details**   `callback`: the whole address that the person came back to. `extra.subject` of the tokens is who they
   * are, for OpenID.
   *
   * **Failures**   `callback-rejected` before anything is sent; `grant-rejected` when the server does not take the code.
   */
  readonly complete: (
    callback: string | URL,
    transaction: Transaction
  ) => Effect.Effect<Tokens, OAuthFailure, Transport | TransactionStore>
}

/**
 * **Failures**   `RangeError` for a redirect address that is a pattern or not safe, and for two flows that share one when a
 * server of theirs does not tell who it is.
 *
 * @source RFC 9700, section 4.4.2
 * @category constructors
 * @since 0.1.0
 */
export const make = <const Flows extends Readonly<Record<string, Options>>>(
  flows: Flows
): { readonly [Name in keyof Flows]: Flow } => {
  const entries = Object.entries<Options>(flows)
  for (const [name, { redirectUri }] of entries) {
    const defect = RedirectUri.defectOf(redirectUri)
    if (defect !== undefined) throw new RangeError(`AuthorizationCode ${name}: redirectUri ${defect}`)
  }
  for (const [name, { callbackIssuer, redirectUri }] of entries) {
    if (callbackIssuer !== "absent") continue
    const identity = RedirectUri.identityOf(redirectUri)
    const other = entries.find(([key, each]) => key !== name && RedirectUri.identityOf(each.redirectUri) === identity)
    if (other === undefined) continue
    throw new RangeError(
      `AuthorizationCode ${name}: its server does not tell in the callback who it is, so its redirectUri must not be that of ${other[0]}`
    )
  }
  // every key has its flow
  return Object.fromEntries(entries.map(([name, options]) => [name, flowOf(name, options)])) as {
    readonly [Name in keyof Flows]: Flow
  }
}

const flowOf = (name: string, options: Options): Flow => {
  const form = TokenRequest.formOf(`AuthorizationCode ${name}`, options)
  const keptMillis = Duration.toMillis(Duration.fromInputUnsafe(options.completeWithin ?? "10 minutes"))
  if (!(keptMillis > 0 && Number.isFinite(keptMillis))) {
    throw new RangeError(`AuthorizationCode ${name}: completeWithin must be a finite duration above zero`)
  }
  return {
    begin: ({ port } = {}) =>
      Effect.suspend(() =>
        begin(
          name,
          options,
          form,
          port === undefined ? options.redirectUri : RedirectUri.withPort(options.redirectUri, port)
        )
      ),
    complete: (callback, transaction) => complete(name, options, keptMillis, callback, transaction)
  }
}

const begin = (name: string, options: Options, form: URLSearchParams, redirectUri: string) =>
  Effect.gen(function* () {
    const { client } = options
    const server = yield* client.server
    const verifier = oauth.generateRandomCodeVerifier()
    const transaction: Transaction = {
      flow: name,
      issuer: client.issuer,
      redirectUri,
      state: oauth.generateRandomState(),
      nonce: options.scopes.includes("openid") ? oauth.generateRandomNonce() : undefined,
      verifier: Redacted.make(verifier),
      startedAtMillis: yield* Clock.currentTimeMillis
    }
    const asked = new URLSearchParams(form)
    asked.set("response_type", "code")
    asked.set("client_id", client.clientId)
    asked.set("redirect_uri", redirectUri)
    asked.set("state", transaction.state)
    asked.set("code_challenge", yield* Effect.promise(() => oauth.calculatePKCECodeChallenge(verifier)))
    asked.set("code_challenge_method", "S256")
    if (transaction.nonce !== undefined) asked.set("nonce", transaction.nonce)
    if (client.dpop !== undefined) asked.set("dpop_jkt", client.dpop.thumbprint)
    const isPushed = options.pushed === "always" || server.require_pushed_authorization_requests === true
    const sent = isPushed ? yield* push(client, asked) : asked
    if (server.authorization_endpoint === undefined) {
      const detail = "the server has no authorization endpoint"
      return yield* new OAuthFailure({ reason: "misconfigured", at: "client", detail })
    }
    const url = new URL(server.authorization_endpoint)
    for (const [key, value] of sent) url.searchParams.append(key, value)
    return { url: url.href, transaction }
  })

/** The browser then carries a reference only. */
const push = (client: Client.Client, asked: URLSearchParams) =>
  Effect.map(
    Client.ask(
      client,
      "pushed authorization",
      (given) => oauth.pushedAuthorizationRequest(given.server, given.client, given.auth, asked, given.proving),
      (given, response) => oauth.processPushedAuthorizationResponse(given.server, given.client, response)
    ),
    (answer) => new URLSearchParams({ client_id: client.clientId, request_uri: answer.request_uri })
  )

const complete = (
  name: string,
  options: Options,
  keptMillis: number,
  address: string | URL,
  transaction: Transaction
): Effect.Effect<Tokens, OAuthFailure, Transport | TransactionStore> =>
  Effect.gen(function* () {
    const { client } = options
    const server = yield* client.server
    const decided = Callback.decide({
      address,
      transaction,
      flow: name,
      issuer: client.issuer,
      serverIssuer: server.issuer,
      tellsIssuer:
        options.callbackIssuer !== "absent" || server.authorization_response_iss_parameter_supported === true
          ? "always"
          : "if it likes",
      nowMillis: yield* Clock.currentTimeMillis,
      keptMillis
    })
    if (decided._tag === "Refused") return yield* refuse(name, options, decided.why)
    yield* claimed(name, options, transaction.state, keptMillis)
    if (decided._tag === "Denied") {
      const detail = "the server, or the person, did not grant it"
      return yield* new OAuthFailure({ reason: "callback-rejected", at: "callback", detail, code: decided.code })
    }
    const got = yield* TokenRequest.run(
      client,
      options.scopes,
      (given) => {
        const { parameters } = decided
        const valid = oauth.validateAuthResponse(given.server, given.client, parameters, transaction.state)
        const verifier = Redacted.value(transaction.verifier)
        return oauth.authorizationCodeGrantRequest(
          given.server,
          given.client,
          given.auth,
          valid,
          transaction.redirectUri,
          verifier,
          { ...given.proving, additionalParameters: [options.resource ?? []].flat().map((each) => ["resource", each]) }
        )
      },
      (given, response) =>
        oauth.processAuthorizationCodeResponse(
          given.server,
          given.client,
          response,
          transaction.nonce === undefined ? {} : { expectedNonce: transaction.nonce, requireIdToken: true }
        )
    )
    const subject = oauth.getValidatedIdTokenClaims(got.answer)?.sub
    return subject === undefined ? got.tokens : { ...got.tokens, extra: { ...got.tokens.extra, subject } }
  })

/** Each state is good once, whoever brings it. */
const claimed = (name: string, options: Options, state: string, keptMillis: number) =>
  Effect.gen(function* () {
    const store = yield* TransactionStore
    const digest = yield* Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(state)))
    const turn = yield* Effect.mapError(
      Effect.timeoutOrElse(store.claim(Hex.encode(new Uint8Array(digest)), keptMillis), {
        duration: options.client.timeoutMillis,
        orElse: () => Effect.fail("no answer in time")
      }),
      () => new OAuthFailure({ reason: "unreachable", at: "callback", detail: "the transaction store did not answer" })
    )
    if (turn === "again") return yield* refuse(name, options, "the state was used before")
  })

const refuse = (name: string, options: Options, why: string) =>
  Effect.gen(function* () {
    const audit = yield* Audit
    audit.record({
      id: crypto.randomUUID(),
      kind: "denied",
      actor: audit.actor,
      purpose: "authorization callback",
      provider: name,
      credential: `oauth:${options.client.clientId}`,
      wallMillis: yield* Clock.currentTimeMillis,
      monotonicMillis: Number((yield* Clock.monotonicTimeNanos) / 1_000_000n),
      detail: why
    })
    return yield* new OAuthFailure({ reason: "callback-rejected", at: "callback", detail: why })
  })
