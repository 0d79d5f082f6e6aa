/** The servers of the proof: Debian's packages `prometheus` and `prometheus-alertmanager`, run by hand and never as services. */
import { spawnSync } from "node:child_process"

export const prometheus = "prometheus"

export const alertmanager = "prometheus-alertmanager"

/** What of them is not in the path. */
export const missing = (): ReadonlyArray<string> =>
  [prometheus, alertmanager].filter((command) => versionOf(command) === undefined)

/** Such as `2.42.0+ds`. */
export const versionOf = (command: string): string | undefined => {
  const { status, stderr, stdout } = spawnSync(command, ["--version"], { encoding: "utf8", timeout: 10_000 })
  return status === 0 ? /version (\S+)/.exec(`${stdout}${stderr}`)?.[1]?.replace(/,$/, "") : undefined
}
