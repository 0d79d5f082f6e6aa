/**
 * What whoever was woken up reads first: what is broken, what to do before anything else, and when to call for help.
 *
 * Neighbours: `RunbookAdvice` has the rest of a subject; `Runbook` puts this on the first screen of a page.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as CircuitAlerts from "./alerts/CircuitAlerts.ts"
import * as ContractAlerts from "./alerts/ContractAlerts.ts"
import * as CredentialAlerts from "./alerts/CredentialAlerts.ts"
import * as LimitAlerts from "./alerts/LimitAlerts.ts"
import * as QueueAlerts from "./alerts/QueueAlerts.ts"
import * as RetryAlerts from "./alerts/RetryAlerts.ts"
import * as SloAlerts from "./alerts/SloAlerts.ts"
import { type Subject, subjectOf } from "./RunbookTopic.ts"

/**
 * **Details**   `broken`: where several alerts have one name, else the alert says it. `first`: one thing at a time, in order.
 * `escalate`: when, and to whom. `question`: how the one of the subject's begins that comes
 * first here, default its first.
 * `hurt`, `over`: where they are not those of the subject's advice.
 *
 * @category models
 * @since 0.1.0
 */
export interface Brief {
  readonly broken?: string
  readonly first: string
  readonly escalate: string
  readonly question?: string
  readonly hurt?: string
  readonly over?: string
}

/**
 * What belongs to an alert; that of its subject, and of the objective where it has none.
 *
 * @category rules
 * @since 0.1.0
 */
export const of = (alert: string): Brief =>
  (Object.hasOwn(byAlert, alert) ? byAlert[alert] : undefined) ?? bySubject[subjectOf(alert) ?? "objective"]

/**
 * What of the advice about its subject an alert says otherwise.
 *
 * @category rules
 * @since 0.1.0
 */
export const differences = (alert: string): Pick<Brief, "hurt" | "over"> => {
  const { hurt, over } = of(alert)
  return { ...(hurt === undefined ? {} : { hurt }), ...(over === undefined ? {} : { over }) }
}

const network = "whoever runs our network"

const byAlert: Readonly<Record<string, Brief>> = {
  [SloAlerts.exhausted]: {
    hurt: "Callers: over the whole window more of their calls failed, or came too late, than was promised.",
    over: "Bad calls grow older than the window of the promise, and fewer come after them: then some of the budget is left again.",
    broken: "More calls went bad than the promise allows for its whole window.",
    first:
      "Look whether it still burns: then follow IntegrationSloBurn. Else do what was agreed on for a spent budget: no risky change, and work on what burned it.",
    escalate: "To the owner, in working hours."
  },
  [CircuitAlerts.flapping]: {
    hurt: "Callers, in turns: while the circuit of their process is open, calls are refused at once and nothing is sent, or they get their fallback.",
    over: "No circuit has opened four times within 30 minutes.",
    first:
      "Look which operations fail, and with what. Pause the jobs that can wait: a provider that fails under load recovers with less of it.",
    escalate: "To the provider, when it goes on for an hour.",
    question: "How often did it change"
  },
  [CredentialAlerts.unavailable]: {
    hurt: "Every caller on the processes without a secret: their calls are refused at once and nothing is sent, or they get their fallback.",
    first:
      "Look what refreshes say. Unavailable: call whoever runs the store of the secret. Rejected: the owner makes a new secret, then renew() on each process. Calls are refused until then.",
    escalate: "To the owner of the credential, at once."
  },
  [CredentialAlerts.expiring]: {
    broken: "Nothing yet: a secret that nobody renews by itself ends soon, and no call works without it.",
    first:
      "Make the next secret now, while this one still works; put it where the source reads it; then renew(), or wait until each process has picked it up. Revoke the old one last.",
    escalate: "To the owner of the credential, when you may not make one; at once, when less than a day is left.",
    question: "How many seconds are left"
  },
  [ContractAlerts.absent]: {
    hurt: "Nobody can tell: no process reports. While that is so, no other alert of this provider can ring.",
    first:
      "Look whether the process runs and is scraped (Status, Targets in Prometheus). Until it reports, judge by its callers and by the provider's status page.",
    escalate:
      "To whoever runs the program, at once, when it is down; to whoever runs Prometheus, when other targets are gone too."
  },
  [RetryAlerts.amplified]: {
    hurt: "The provider, which gets more requests than there are calls. Callers wait for the second attempt; few of them get an error.",
    first:
      "Look which operations are sent again, and after what. After timeouts: the attempt timeout may be shorter than what the provider now needs. After errors: wait; do not raise the budget now.",
    escalate: "To the provider, when its attempts fail for half an hour.",
    question: "How many attempts"
  },
  [LimitAlerts.limited]: {
    hurt: "Callers whose attempts the provider refuses: they wait as long as it says, and get an error when they cannot. What is refused was not applied.",
    first:
      "Look who refuses. Only the provider, while tokens of ours are left: somebody else spends from the same account, or the declared limit is too high. We too: find the operation that sends more than yesterday, and slow down whoever calls it.",
    escalate: "To the provider, when it refuses although we keep to the limit that it promised.",
    question: "Who refuses"
  },
  [ContractAlerts.outdated]: {
    hurt: "No caller. But alerts judge a process by thresholds, operations and objectives that are not its own.",
    first:
      "Find out which is newer, the rules or the process. Generate the rules again from the contract that runs and deploy them, or finish the deployment of the process.",
    escalate: "To the owner, in working hours."
  },
  [QueueAlerts.deadLettered]: {
    broken: "An item was given up, and nobody works on it any more. The labels of the alert say in which queue.",
    first: "Look why the items died, in the log of whoever works on the queue. Replay none before the cause is gone.",
    escalate: "To the owner, when an item is a mutation that somebody waits for.",
    question: "What became of items"
  }
}

const bySubject: Readonly<Record<Subject, Brief>> = {
  objective: {
    broken:
      "Too many calls fail, or come too late, for what was promised. The labels of the alert say which promise, and over which windows.",
    first:
      "Look whether it is one operation or all of them. If it began with a deployment of ours, roll that back. Else look at the provider's status page, pause the jobs that can wait, and tell those who depend on it: the circuit keeps load away by itself.",
    escalate: `To the provider, when its faults last for 15 minutes. To ${network}, at once, when error_fault is network.`
  },
  latency: {
    broken:
      "The slowest calls of an operation take longer than was promised. The labels of the alert say which operation.",
    first:
      "Compare calls with attempts (part 2). Both are slow: it is the provider. Attempts are quick: calls wait for us. If it began with a deployment of ours, roll that back.",
    escalate: "To the provider, when its attempts are slow for half an hour."
  },
  fallback: {
    first:
      "Look at the state of the circuit (part 2). Open: wait, and tell those who depend on the answers. Isolated: ask who did it, and why. Closed: look at our limits and at the credential.",
    escalate: "To the provider, when its attempts fail for half an hour."
  },
  circuit: {
    first:
      "Leave the circuit alone: it probes, and closes by itself. Look at the provider's status page, pause the jobs that can wait, and tell those who depend on it.",
    escalate: `To the provider, when it lasts for 15 minutes. To ${network}, at once, when another provider fails too.`
  },
  isolation: {
    first: "Ask in the team who isolated it, and why; the notes at the end may say. Close nothing before you know.",
    escalate: "To the owner, when nobody knows."
  },
  limits: {
    broken: "A rate limit is nearly spent, or calls wait too long for it. The labels of the alert say which limit.",
    first: "Find the operation that sends more than yesterday (part 2), and stop or slow down whoever calls it.",
    escalate: "To the provider, when it refuses although we keep to the limit that it promised."
  },
  local: {
    first:
      "Look at the error_type. bulkhead_full or rate_limited_local: pause the jobs that can wait. store_unavailable: call whoever runs the store. _OTHER: roll the last deployment back. Anything else: see part 3.",
    escalate: "To the owner, when it goes on for 15 minutes."
  },
  store: {
    first:
      "Look whether it fails on every process. If so, call whoever runs the store; if not, correct the configuration of those where it does.",
    escalate: "To whoever runs the store, at once."
  },
  retries: {
    first:
      "Leave the budget alone: it keeps retries from making it worse. Look which operations fail, and follow IntegrationSloBurn or IntegrationCircuitOpen if they ring too.",
    escalate: "To the provider, when its attempts fail for half an hour."
  },
  credential: {
    first:
      "Look how long the secret is still good (part 2), and what refreshes say. Unavailable: call whoever runs its store. Rejected: the owner makes a new secret, then renew() on each process.",
    escalate: "To the owner of the credential, when less than an hour is left."
  },
  refusal: {
    first:
      "Look whether it is every process. If so, the secret is revoked, ended or replaced: make a second one at the provider, and put it where the program reads it. If not, some hold an old one: start those again.",
    escalate:
      "To the owner of the credential, at once. To security, when nobody knows who revoked it: it may have leaked."
  },
  outcome: {
    first:
      "Send nothing again by hand. Find the calls and settle each as part 5 says, while the provider still remembers its key.",
    escalate:
      "To the owner, when a key ends before its call is settled. To the provider, with request ids, when it answers no lookup."
  },
  keys: {
    first:
      "Leave the first call alone: it stands. Find the caller that used the key twice, and stop it if it does so in a loop.",
    escalate: "To the team that calls, in working hours."
  },
  drift: {
    first:
      "Look which operation it is; the log event says where in the answer. One operation: read the provider's change log. All at once: a proxy answers in its place.",
    escalate: `To the provider, when it changed what it had promised to keep. To ${network}, when a proxy answers.`
  },
  sunset: {
    broken: "Nothing yet: the provider ends an operation soon, and its calls fail from then on.",
    first:
      "Read what the provider says (the log event has its links), and plan the move with the owner before the day.",
    escalate: "To the owner, today. To the provider, when the move cannot be done before the day."
  },
  telemetry: {
    first:
      "Look whether the process runs and is scraped (Status, Targets in Prometheus). Until it reports, judge by its callers and by the provider's status page: no other alert of this provider can ring.",
    escalate:
      "To whoever runs the program, at once, when it is down; to whoever runs Prometheus, when other targets are gone too."
  },
  audit: {
    first:
      "Look whether deliveries to the sink fail (part 2). If they do, call whoever runs it: it is asked again by itself. If they do not, the log says which events it refuses.",
    escalate: "To whoever answers for the audit, when events of more than an hour are gone."
  },
  loss: {
    first:
      "Look at the reason. unreachable, timeout, queue_full or refused: mend the collector, or what we tell it. collision or unreadable: find the metric that came with the last deployment.",
    escalate: "To whoever runs the collector, when it is down."
  },
  queue: {
    broken: "A queue in front of the provider does not drain. The labels of the alert say which queue.",
    first:
      "Look whether the provider's calls fail: then follow the alert that says so, and the queue drains afterwards. If nothing fails and nothing is completed, start the consumer.",
    escalate: "To the owner, when items grow older than the provider remembers their keys."
  }
}
