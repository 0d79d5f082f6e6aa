/** What the tests of this package share: the server, clients of it, and a transport over real sockets. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Ask } from "surety/credential/Source"
import * as Undici from "surety/http/undici"
import * as Client from "../../src/Client.ts"
import * as ClientAuth from "../../src/ClientAuth.ts"
import * as OidcServer from "./OidcServer.ts"

export const transport = Undici.layer

export const svc = (issuer: string, options: Partial<Client.Options> = {}): Client.Client =>
  Client.make({
    issuer,
    clientId: "svc",
    auth: ClientAuth.secretBasic(Redacted.make(OidcServer.secrets.svc)),
    ...options
  } as Client.Options)

export const web = (issuer: string, options: Partial<Client.Options> = {}): Client.Client =>
  svc(issuer, {
    clientId: "web",
    auth: ClientAuth.secretBasic(Redacted.make(OidcServer.secrets.web)),
    ...options
  } as Partial<Client.Options>)

export const pub = (issuer: string, options: Partial<Client.Options> = {}): Client.Client =>
  svc(issuer, { clientId: "pub", auth: ClientAuth.none, ...options } as Partial<Client.Options>)

export const start: Ask = { because: "start", previous: undefined, rejected: new Set() }

/** The failure of an effect that must fail. */
export const failureOf = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<E, never, R> =>
  Effect.flip(
    Effect.flatMap(effect, () => Effect.die(new Error("it succeeded")) as Effect.Effect<never, E>)
  ) as Effect.Effect<E, never, R>
