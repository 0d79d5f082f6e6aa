/**
 * What follows when the provider refuses the credential: the secret is renewed once, and the request is sent again once
 * with the new one, outside the retry matrix and the retry budget, and never counted by the breaker, because a provider
 * that refuses a key is well and has not acted.
 *
 * Neighbours: `Call` asks after each failed attempt; the renewal itself is the `Credentials` service's.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Failure from "../Failure.ts"
import * as Refusal from "../Refusal.ts"
import { transportNever } from "../RetryMatrix.ts"
import * as Admission from "./Admission.ts"
import * as Aside from "./Aside.ts"
import type { Attempt } from "./Attempt.ts"
import type { Call } from "./Call.ts"
import * as Conclude from "./Conclude.ts"
import { quietly } from "./Quietly.ts"

/**
 * Takes the failure over when the provider refused the credential.
 *
 * @category running
 * @since 0.1.0
 */
export const takes = (call: Call, attempt: Attempt, failure: Failure.Any): boolean => {
  const { op, secret } = call
  const { credential, guards } = op.environment
  if (secret === undefined || credential === undefined || call.isDone) return false
  // who was not sent the secret cannot refuse it
  if (attempt.answersFrom === "elsewhere") return false
  const status = attempt.status ?? 401
  if (attempt.status !== 401 && Failure.declarationOf(failure)?.credential !== "rejected") return false
  guards.breaker.record(attempt.permit, "ignored", call.time.now(), 0)
  Conclude.attempt(attempt, call.time.now(), failure)
  call.answered = attempt
  call.drop(attempt)
  if (call.phase === "attempt") call.time.disarm(call)
  const final = (): void => {
    // behind a failure that every call can meet, a 401 is a refusal that the operation does not declare
    if (!(failure._tag in transportNever)) return call.judge(attempt, failure, "ignored", call.time.now())
    const renewed = call.renewal === "no" ? "no" : "yes"
    const { name } = credential.declared
    call.refuse(
      quietly(() => new Refusal.CredentialRejected({ credential: name, status, renewed })),
      "credential"
    )
  }
  const { rejected } = credential.source
  if (rejected === undefined || call.renewal === "both") {
    final()
    return true
  }
  const answer = { status: attempt.status, headers: attempt.responseHeaders ?? {} }
  const refresh = call.renewal === "no" || call.renewal === "proof" ? "allowed" : "done"
  const asked = Effect.suspend(() => rejected(secret, answer, op.name, refresh))
  Aside.run(call, "credential", asked, (exit) => {
    // written without types it may give anything
    if (Exit.isFailure(exit) || exit.value?._tag !== "Replay") return final()
    const kind = exit.value.secret === secret ? "proof" : "secret"
    if (call.renewal === kind) return final()
    call.renewal = call.renewal === "no" ? kind : "both"
    call.replays++
    call.replaying = "yes"
    call.refused = secret
    Admission.withSecret(call, exit.value.secret, call.time.now())
  })
  return true
}
