/**
 * GitHub, ready to call.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Degradation from "surety/Degradation"
import * as Provider from "surety/Provider"
import * as GithubContract from "./GithubContract.ts"

/**
 * GitHub for a program that has no owner yet.
 *
 * **When to use**   In first steps and tests. In production declare your own with
 * `GithubContract.make`: its owner, criticality, objective and runbook go into alerts and the
 * dossier, and here they say that nobody has been named.
 *
 * **Details**   `Github.layer` needs `Github.Credentials` and a `Transport`.
 *
 * @category providers
 * @since 0.1.0
 */
export class Github extends Provider.Service<Github>()(
  "surety/Github",
  GithubContract.make({
    owner: "nobody: declare your own with GithubContract.make",
    criticality: "medium",
    degradation: Degradation.fail,
    slo: { availability: 0.99, latency: { p99: "10 seconds" }, window: "30 days" },
    runbook: "https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api"
  })
) {}
