/**
 * What the page of an alert says besides numbers, by subject: who is hurt, what it may be, how that shows and what to do
 * about it, what to look for in traces and logs, and how to see that it is over.
 *
 * Neighbours: `RunbookTopic` says which subject an alert has; `Runbook` fills its pages with it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as LogEvent from "surety/signals/LogEvent"
import * as SignalName from "surety/signals/SignalName"
import * as RunbookAdviceOwn from "./RunbookAdviceOwn.ts"
import type { Subject } from "./RunbookTopic.ts"

/**
 * Something that may be behind an alert.
 *
 * @category models
 * @since 0.1.0
 */
export interface Cause {
  readonly is: string
  readonly shows: string
  readonly act: string
}

/**
 * **Details**   `causes`: most likely first. `errors`: the `error.type` values that belong to it besides declared failures of
 * that `kind`; `"any"` for all, an empty list where no call fails. `over`: how it is seen that it is over.
 *
 * @category models
 * @since 0.1.0
 */
export interface Advice {
  readonly hurt: string
  readonly causes: ReadonlyArray<Cause>
  readonly events: ReadonlyArray<string>
  readonly errors: ReadonlyArray<string> | "any"
  readonly kind?: "outage" | "throttled" | "rejected" | "conflict"
  readonly over: string
}

const { events } = SignalName

/** Of calls, and of attempts, whose `error.type` is a status where there was one. */
const broken = ["5..", "timeout", "connect_refused", "dns", "tls", "reset", "body_truncated", "undeclared_status"]

/**
 * What belongs to a subject; that of the objective to an alert of none.
 *
 * @category rules
 * @since 0.1.0
 */
export const of = (subject: Subject | undefined): Advice => bySubject[subject ?? "objective"]

const bySubject: Readonly<Record<Subject, Advice>> = {
  objective: {
    hurt: "Callers: more of their calls fail, or come too late, than was promised.",
    causes: [
      {
        is: "The provider has an incident.",
        shows: "Most operations fail with provider or network faults; its status page, or other users, say so too.",
        act: "Wait: the circuit keeps load away. Tell those who depend on it. Escalate if it lasts."
      },
      {
        is: "One operation is broken: the provider changed it, or we send it something new.",
        shows: "One operation fails, the others do not. It began with a deployment, ours or theirs.",
        act: "Roll ours back, or escalate with request ids."
      },
      {
        is: "The network or DNS on our side.",
        shows: "error_fault is network; other providers fail too.",
        act: "Call whoever runs the network. Nothing to do at the provider."
      }
    ],
    events: [events.circuitTransition, events.retrySuppressed, events.contractViolation],
    errors: "any",
    over: "The share of bad calls over the shorter window of the alert is back under its threshold; the alert goes on for a little longer, as the table says. No slower one tells of the same calls again."
  },
  latency: {
    hurt: "Callers wait longer than was promised. Their calls still end, and none takes longer than its deadline.",
    causes: [
      {
        is: "The provider is slow.",
        shows: "Attempts are as slow as calls.",
        act: "Wait, and escalate with request ids of slow attempts."
      },
      {
        is: "Calls wait for us: for a rate limit, for a free place, for a retry.",
        shows: "Attempts are quick and calls are slow.",
        act: "Find the operation that sends most; see IntegrationRateLimitQueueing."
      },
      {
        is: "One operation asks for more than it did: larger pages, larger bodies.",
        shows: "One operation is slow, since a deployment.",
        act: "Roll it back, or declare a bound for it that is true."
      }
    ],
    events: [events.retrySuppressed],
    errors: [],
    over: "The slowest hundredth of every operation is under its bound again for 10 minutes."
  },
  circuit: {
    hurt: "Every caller: while it is open, calls are refused at once and nothing is sent, or they get their fallback.",
    causes: [
      {
        is: "The provider is down or unreachable.",
        shows: "Probes keep failing: open and half-open take turns.",
        act: "Leave the circuit alone: it is right, and closes by itself when a probe is answered. Escalate."
      },
      {
        is: "It answers some calls and fails under load.",
        shows: "It closes and opens again within minutes.",
        act: "Send less (pause jobs that can wait); escalate."
      },
      {
        is: "A proxy or a firewall stands between us and it.",
        shows: "connect_refused, tls or reset, on some processes only.",
        act: "Call whoever runs the network."
      }
    ],
    events: [events.circuitTransition],
    errors: ["circuit_open", ...broken],
    kind: "outage",
    over: "The circuit is closed on every process, and was for the last 10 minutes."
  },
  isolation: {
    hurt: "Every caller, by our own hand: calls are refused at once and nothing is sent, or they get their fallback.",
    causes: [
      {
        is: "Somebody isolated the provider and has not closed the circuit again.",
        shows: "The transition to isolated in the log says when, and on which process.",
        act: "Ask the team, and look at the notes below. When the reason is gone, close() on every process."
      }
    ],
    events: [events.circuitTransition],
    errors: ["circuit_isolated"],
    over: "No process reports the state isolated."
  },
  limits: {
    hurt: "Callers wait for tokens, and are refused when they cannot wait any longer. What is refused was not sent.",
    causes: [
      {
        is: "We send more than before: a new job, a loop, a backfill.",
        shows: "One operation has far more attempts than yesterday.",
        act: "Stop or slow down whoever calls it."
      },
      {
        is: "Somebody else spends from the same account.",
        shows: "The provider refuses although our own attempts are below the limit.",
        act: "Find them; divide the limit, or get a second account."
      },
      {
        is: "The provider lowered the limit, or more processes share it than were declared.",
        shows: "The provider refuses at a rate that was good before.",
        act: "Declare the limit that is true, and deploy."
      }
    ],
    events: [events.rateLimited],
    errors: ["429", "rate_limited_local"],
    kind: "throttled",
    over: "Tokens are left over at the busiest minute, and nobody is refused."
  },
  retries: {
    hurt: "Callers get errors that a retry would have hidden; and the provider gets more requests than there are calls.",
    causes: [
      {
        is: "A partial outage: first attempts fail, later ones succeed.",
        shows: "Many attempts for each call, and the objective is nearly met.",
        act: "Wait. The budget keeps retries from making it worse; do not raise it now."
      },
      {
        is: "The attempt timeout is too short for what the provider now needs.",
        shows: "Retries follow timeouts, and the provider answers shortly after.",
        act: "Declare a longer attempt timeout, and deploy."
      }
    ],
    events: [events.retrySuppressed],
    errors: broken,
    kind: "outage",
    over: "The retry budget is full again, and there is about one attempt for each call."
  },
  credential: {
    hurt: "Nobody, while the secret at hand is valid. Once it has ended, every call is refused and nothing is sent.",
    causes: [
      {
        is: "The store of the secret, or the token endpoint, is down.",
        shows: "Refreshes fail as unavailable, on every process.",
        act: "Call whoever runs it. Refreshes go on by themselves."
      },
      {
        is: "The grant or the key was revoked, or has ended at the provider.",
        shows: "Refreshes fail as rejected or reauthorize; the end of the secret comes nearer.",
        act: "The owner of the credential gets a new one, then renew()."
      },
      {
        is: "A rotation that was only half done.",
        shows: "Calls end with auth_rejected since the rotation.",
        act: "Put the new secret where the process reads it, then renew()."
      }
    ],
    events: [LogEvent.refreshFailed, LogEvent.rotationFailed, SignalName.auditEvent],
    errors: ["401", "auth_refresh_failed", "auth_rejected", "scope_missing"],
    kind: "rejected",
    over: "The last refresh succeeded on every process, and the end of the secret is further away than before."
  },
  outcome: {
    hurt: "Whoever the mutation was for: it may have been applied. Whoever sends it again carelessly applies it twice.",
    causes: [
      {
        is: "The provider stopped answering in the middle of mutations.",
        shows: "timeout, reset or body_truncated at the time of the first one.",
        act: "Let it recover, then settle (below)."
      },
      {
        is: "The lookup, or the repeat under the same key, fails too.",
        shows: "Reads and lookups fail with the same errors.",
        act: "As above: settle when it answers again, before the key ends."
      },
      {
        is: "A process ended while it was sending.",
        shows: "Deployments or crashes at that time.",
        act: "Look for calls without an ending in the caller's own records, and settle those too."
      }
    ],
    events: [events.outcomeUnknown, SignalName.outcomeSettled],
    errors: ["5..", "timeout", "reset", "body_truncated", "undeclared_status"],
    kind: "outage",
    over: "Every call that was left open is settled, and the process that lost it knows: the gauge is 0 on every process. A gauge that fell to 0 by itself proves nothing: a process forgets its losses when it ends, when the provider forgets the key, or after a day where there is no key."
  },
  keys: {
    hurt: "The caller of the refused call. Other calls are fine, and the call that had the key first stands.",
    causes: [
      {
        is: "Two different requests were made under one key: it does not name what the caller means.",
        shows: "The operation's conflicts have different callers, or began with a deployment.",
        act: "Correct how the key is made: one for each thing that is to happen."
      },
      {
        is: "A caller changed the request and kept the key.",
        shows: "The conflict follows an attempt of the same caller.",
        act: "A changed request is a new intention: a new key."
      },
      {
        is: "One request runs twice at once.",
        shows: "Two workers hold the same item.",
        act: "Let one finish; the provider tells both the same."
      }
    ],
    events: [events.idempotencyConflict],
    errors: [],
    kind: "conflict",
    over: "No conflict in the last hour."
  },
  drift: {
    hurt: "Callers of the operation: they get an error although the provider may have done what they asked for.",
    causes: [
      {
        is: "The provider changed an answer: a field, a type, a status.",
        shows: "One operation, every time; the log event has the path in the schema.",
        act: "Look at the provider's change log; correct the contract, and deploy."
      },
      {
        is: "A proxy answers in its place, with a page of its own.",
        shows: "All operations at once, with content_type or undeclared_status.",
        act: "Call whoever runs the network."
      },
      {
        is: "Another version of the API answers than the pinned one.",
        shows: "It began without a deployment of ours.",
        act: "Compare the version header that the contract pins with the provider's settings."
      }
    ],
    events: [events.contractViolation],
    errors: ["decode", "undeclared_status", "contract_violation"],
    over: "No violation in an hour, after the contract or the provider was corrected."
  },
  sunset: {
    hurt: "Nobody yet. From the announced day on, calls of the operation fail.",
    causes: [
      {
        is: "The provider ends an operation, or the version that the contract pins.",
        shows: "The log event names the operation and links what the provider says.",
        act: "Plan the move with the owner: new operation or version, contract, deployment, before the day."
      }
    ],
    events: [events.deprecationObserved],
    errors: [],
    over: "The operation is no longer called by any process that has started since, or its good answers have named no end for a day; then the gauge is 0 again, or what the contract declares."
  },
  ...RunbookAdviceOwn.bySubject
}
