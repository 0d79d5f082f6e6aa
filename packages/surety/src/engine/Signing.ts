/**
 * Sends a request that carries a proof made of it: the exchange begins when the proof is there, and can be paused and
 * cancelled before.
 *
 * Neighbours: `Credential.signature` carries it, so that only programs that sign ship it; `http/Authorization` calls it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Credential from "../Credential.ts"
import { CredentialUnavailable } from "../Refusal.ts"
import type { Attempt } from "./Attempt.ts"
import { quietly } from "./Quietly.ts"

/**
 * What can be done with a request under way.
 *
 * @category models
 * @since 0.1.0
 */
export interface Running {
  readonly cancel: () => void
  readonly pause: () => void
  readonly resume: () => void
}

/**
 * **Details**   `open` sends the request with the headers of the proof.
 *
 * @category running
 * @since 0.1.0
 */
export const send = (
  attempt: Attempt,
  name: string,
  sign: Credential.Sign | undefined,
  request: Omit<Credential.Unsigned, "nowMillis">,
  open: (proof: Readonly<Record<string, string>>) => Running
): Running => {
  const exchange = new SignedExchange()
  const { secret, time } = attempt.call
  const refuse = (why: string): void =>
    attempt.refused(quietly(() => new CredentialUnavailable({ credential: name, why })))
  if (sign === undefined || secret === undefined) {
    refuse("its source cannot sign a request")
    return exchange
  }
  const { body, headers, method, origin, path } = request
  const unsigned = { method, origin, path, headers, body, nowMillis: time.wall() }
  const failed = (): void =>
    exchange.whenOpen(() =>
      refuse("the request could not be signed: does the secret have the form that this signature takes?")
    )
  // a signer may throw, and what it throws may quote the key
  void Promise.resolve()
    .then(() => sign(unsigned, secret))
    .then((proof) => exchange.whenOpen(() => exchange.open(() => open(proof))))
    .catch(failed)
  return exchange
}

/** The exchange of a request that is still being signed. */
class SignedExchange implements Running {
  private sent: Running | undefined = undefined
  private over: "no" | "yes" = "no"
  private paused: "no" | "yes" = "no"

  whenOpen(then: () => void): void {
    if (this.over === "no" && this.sent === undefined) then()
  }

  open(send: () => Running): void {
    this.sent = send()
    if (this.paused === "yes") this.sent.pause()
  }

  cancel(): void {
    this.over = "yes"
    this.sent?.cancel()
  }

  pause(): void {
    this.paused = "yes"
    this.sent?.pause()
  }

  resume(): void {
    this.paused = "no"
    this.sent?.resume()
  }
}
