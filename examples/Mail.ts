// A mail service that is reached through its vendor's client, which returns promises. The guards are the same.
import { Backoff, Credential, Degradation, Failure, Idempotency, Operation, Provider, RateLimit } from "surety"
import { RetryMatrix, Sdk, TransportFailure } from "surety"

/** Stands for the vendor's client: it loses the first answer, and knows one address that does not exist. */
export const sent: Array<string> = []
const client = {
  send: async (to: string, options: { readonly key: string | undefined; readonly signal: AbortSignal }) => {
    sent.push(`${to} ${options.key}`)
    if (to === "nobody@example.com") throw new Error("bounced")
    if (sent.length === 1) throw new Error("socket hang up")
    return { id: `mail_${sent.length}` }
  }
}

export class Bounced extends Failure.Tagged<Bounced>()("Bounced", { retry: "never", fault: "caller" }) {}

const send = Operation.mutation("send", {
  failures: [Bounced],
  timeout: { attempt: "1 second", total: "5 seconds" },
  idempotency: Idempotency.key({ header: "idempotency-key", source: "caller", retainedFor: "24 hours" }),
  retry: {
    ...RetryMatrix.transport(
      Backoff.exponential({ base: "20 millis", cap: "1 second", maxAttempts: 3, jitter: "full" })
    ),
    Bounced: Backoff.never
  },
  attempt: Sdk.promise({
    call: (to: string, { idempotencyKey, signal }) => client.send(to, { key: idempotencyKey, signal }),
    classify: (error) =>
      String(error).includes("bounced") ? new Bounced() : new TransportFailure.ConnectionLost({ code: "reset" }),
    cancellation: "abortable"
  })
})

export class Mail extends Provider.Service<Mail>()("acme/Mail", {
  baseUrl: "https://api.mail.example",
  owner: "team-messaging",
  criticality: "low",
  degradation: Degradation.fail,
  slo: { availability: 0.99, latency: { p99: "2 seconds" }, window: "30 days" },
  limits: { rate: RateLimit.unlimited("no limit is published"), concurrency: 5 },
  credentials: Credential.none("the client holds its own key"),
  version: { unversioned: "the client pins it", reviewBy: "2027-04-01" },
  runbook: "https://runbooks.example/mail",
  operations: { send }
}) {}
