/**
 * The advice about what is our own and not the provider's: our fallbacks, our key, its audit trail, our store, our telemetry, and queues in front of a provider.
 *
 * Neighbours: `RunbookAdvice` has the rest.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as LogEvent from "surety/signals/LogEvent"
import * as SignalName from "surety/signals/SignalName"
import type { Advice } from "./RunbookAdvice.ts"

const { events } = SignalName

/**
 * By subject.
 *
 * @category constants
 * @since 0.1.0
 */
export const bySubject: Readonly<
  Record<"audit" | "fallback" | "local" | "loss" | "queue" | "refusal" | "store" | "telemetry", Advice>
> = {
  refusal: {
    hurt: "Every caller whose call goes out with the refused secret: the provider turns it away at the door, it has not acted, and no retry helps. The objective may look well: a declared 401 is the caller's fault, a fallback hides it, and no circuit opens.",
    causes: [
      {
        is: "The secret was revoked, or has ended, at the provider.",
        shows: "All operations on all processes, from one moment on, without a deployment of ours.",
        act: "Make a second secret at the provider and put it where the program reads it; with a Lifecycle renew(), with a fixed key start every process again. Ask who revoked it, and why: it may have leaked."
      },
      {
        is: "It was rotated elsewhere: another team, or another program with the same secret, has made a new one.",
        shows:
          "It began when somebody else rotated. A renewal gives the old secret again: refreshes succeed, and the provider refuses what they bring.",
        act: "Put the new version into the store that our source reads, then renew(). Give each program a secret of its own."
      },
      {
        is: "A rotation of ours was only half done: some processes have the old secret.",
        shows:
          "A share of the calls, the same for all operations; by instance, some processes are refused always and others never.",
        act: "Start what was not started again, or renew() there. Then give the new day to surety check --rotated."
      },
      {
        is: "It is the secret of another environment, of another account, or for another address.",
        shows: "It began with a deployment or a new process, and no call of that ever went well.",
        act: "Compare the name and the place of the secret with what the environment should have; put the right one in. Never paste it to compare it."
      },
      {
        is: "The clock of a host is wrong, and requests are signed or tokens are dated.",
        shows: "Some hosts only; the date header of the answers is minutes away from the host's time.",
        act: "Mend its time service."
      },
      {
        is: "Another caller's right is missing: one operation is answered 401 where 403 is meant.",
        shows: "One operation, always; the others go well with the same secret.",
        act: "Give the secret the scope that the operation needs, at the provider."
      }
    ],
    events: [LogEvent.refreshFailed, LogEvent.rotationFailed, SignalName.auditEvent],
    errors: ["401", "auth_rejected"],
    kind: "rejected",
    over: "Calls go well with the secret on every process, and none is refused for ten minutes. Silence alone proves nothing: the alert ends too when nobody calls."
  },
  audit: {
    hurt: "No caller. But whoever has to say later who used which secret, when and for what, cannot: of that time the trail has gaps.",
    causes: [
      {
        is: "The sink is down, or too slow for what is written.",
        shows: "Deliveries fail, more and more events are kept, and the log says that the sink took nothing.",
        act: "Call whoever runs the sink. It is asked again by itself, and gets what is still kept, in order."
      },
      {
        is: "The sink refuses some events for good.",
        shows: "The log says that it never will take an event; few are kept, and others arrive.",
        act: "Mend what it refuses: a column that is too short, a limit on size, a right that is missing."
      },
      {
        is: "More is kept in an outage than the buffer has room for.",
        shows: "As many events are kept as the capacity of the Auditor says.",
        act: "Give it more capacity, within the memory that there is, or a second sink."
      }
    ],
    events: [SignalName.auditEvent],
    errors: [],
    over: "Nothing more is lost for a quarter of an hour, and nothing is kept back for long. Write down from when to when the trail has gaps: what a process had not delivered when it ended is in its log only."
  },
  local: {
    hurt: "Callers: their calls are refused, or broken, by our own program. The provider hears less of us or nothing; the objective looks well, and no circuit opens.",
    causes: [
      {
        is: "More calls at once than the contract allows, or calls that hold their place for longer.",
        shows:
          "error_type is bulkhead_full. Where attempts are slow, the provider is; where they are quick, there are more calls.",
        act: "Pause the jobs that can wait. Where the provider is slow, escalate; where it is not, declare the concurrency that it allows, and deploy."
      },
      {
        is: "More calls than a rate limit allows: a new job, a loop, a backfill.",
        shows: "error_type is rate_limited_local; one operation has far more attempts than yesterday.",
        act: "Stop or slow down whoever calls it."
      },
      {
        is: "The store that processes share is down, and the contract refuses calls without it.",
        shows: "error_type is store_unavailable, on every process; store errors are counted.",
        act: "Call whoever runs the store. Calls go on by themselves."
      },
      {
        is: "Calls wait until no time is left for an attempt.",
        shows: "error_type is deadline_exceeded; waits for limits or places are long, or a caller gives little time.",
        act: "Look at what they wait for; correct the caller that gives too little time."
      },
      {
        is: "The secret lacks a scope that an operation needs.",
        shows: "error_type is scope_missing, for one operation, always.",
        act: "The owner of the credential gets a secret with it."
      },
      {
        is: "A defect of ours: a request that cannot be written, a signature or a fallback that throws.",
        shows: "error_type is _OTHER, since a deployment; the caller's log has the error.",
        act: "Roll the deployment back."
      }
    ],
    events: [events.rateLimited, events.retrySuppressed],
    errors: [
      "bulkhead_full",
      "rate_limited_local",
      "store_unavailable",
      "deadline_exceeded",
      "scope_missing",
      "_OTHER"
    ],
    over: "Calls end as they did before, and less than a tenth of them by our own fault, for ten minutes."
  },
  store: {
    hurt: "Nobody yet, where calls go on without the store: each process keeps to its limits alone, and all together send more than the provider allows. Callers, where the contract refuses calls without it.",
    causes: [
      {
        is: "The store is down, or cannot be reached.",
        shows: "It fails on every process; whoever else uses it says so too.",
        act: "Call whoever runs the store. Calls ask it again by themselves."
      },
      {
        is: "It answers later than a call waits for it.",
        shows: "It fails for a share of the calls, and its own metrics are slow or it is far away.",
        act: "Relieve it or move it nearer; a store that holds calls up is no help to them."
      },
      {
        is: "One process has the wrong address or password for it.",
        shows: "It fails on some processes only, since a deployment.",
        act: "Correct the configuration and start those again."
      }
    ],
    events: [events.rateLimited, events.circuitTransition],
    errors: ["store_unavailable", "rate_limited_local", "429"],
    kind: "throttled",
    over: "No process counts a failure of the store while somebody calls; the alert ends when its window has passed."
  },
  fallback: {
    hurt: "Callers, without an error: what they get is kept, constant or another provider's. The objective looks well.",
    causes: [
      {
        is: "The provider is down, slow or refuses us, and the fallback does what it is for.",
        shows: "The circuit is open or changes; attempts end with an error.",
        act: "Wait: answers come back by themselves. Tell those who depend on them how old or how coarse they are. Escalate if it lasts."
      },
      {
        is: "Somebody has isolated the circuit.",
        shows: "Its state is isolated, and there are no attempts.",
        act: "Ask who did, and why. When the reason is gone, close() on every process."
      },
      {
        is: "Our own limits or the lack of a secret refuse the calls, and the fallback hides it.",
        shows:
          "There are fewer attempts than calls, and the circuit is closed. The metadata of an answer says because of what it is degraded.",
        act: "Look at the limits and at the credential; correct what refuses."
      }
    ],
    events: [events.circuitTransition, events.rateLimited, events.retrySuppressed, LogEvent.refreshFailed],
    errors: "any",
    over: "Less than a tenth of each operation's answers are fallbacks; the alert ends when its window has passed."
  },
  telemetry: {
    hurt: "No caller, as far as anybody can see. But alerts of this provider are blind, or judge by numbers of another contract.",
    causes: [
      {
        is: "The process is not running, or is not scraped.",
        shows: "The target is missing or down under Status, Targets in Prometheus.",
        act: "Start it, or correct the scrape configuration."
      },
      {
        is: "It runs, and its exporter loses what it has.",
        shows: "The process logs that telemetry is dropped.",
        act: "Look at the collector that it sends to."
      },
      {
        is: "It runs another contract than these rules were made from.",
        shows: "The hash that it reports is not the one in part 8.",
        act: "Generate the rules again and deploy them, or finish the deployment of the process."
      }
    ],
    events: [],
    errors: [],
    over: "Every process that should report the contract does, with the hash of these rules."
  },
  loss: {
    hurt: "No caller. But what is lost is missing from alerts, dashboards and traces, and they look well without it.",
    causes: [
      {
        is: "The collector is gone, slow or full.",
        shows: "The reason is unreachable, timeout or queue_full, and other programs that send to it lose too.",
        act: "Mend the collector. Exporters go on by themselves; what was given up is gone."
      },
      {
        is: "The collector refuses what it is sent.",
        shows: "The reason is refused: a wrong key or address, or more than it takes at once.",
        act: "Correct endpoint, headers or limits, and deploy."
      },
      {
        is: "Two metrics have one name for Prometheus, or one cannot be read.",
        shows: "The reason is collision or unreadable; it began with a deployment.",
        act: "Rename the metric that is new, or leave out what fails."
      }
    ],
    events: [LogEvent.telemetryOutage, LogEvent.telemetryRestored, LogEvent.telemetryDropped, LogEvent.telemetryLost],
    errors: [],
    over: "Nothing more is given up for a quarter of an hour, and the log says that the outage is over. Judge the time in between by what the provider and callers say."
  },
  queue: {
    hurt: "Whoever waits for what is in the queue. Items are kept, but for those among the dead letters.",
    causes: [
      {
        is: "The provider does not take what the queue holds.",
        shows: "Its calls fail, or its circuit is open.",
        act: "Follow IntegrationCircuitOpen or IntegrationSloBurn; the queue drains afterwards."
      },
      {
        is: "Nobody works on the queue.",
        shows: "Nothing is completed, and nothing fails.",
        act: "Start the consumer."
      },
      {
        is: "One item fails again and again.",
        shows: "Others are completed; one is retried.",
        act: "Look at that item. Put it aside before the keys of those behind it end."
      }
    ],
    events: [events.circuitTransition, events.outcomeUnknown],
    errors: "any",
    over: "The oldest item is younger than its limit, and nothing new is dead."
  }
}
