/**
 * Generated rules and routes with all their durations divided by one number, so that what takes an hour can be watched in
 * minutes. Thresholds, counts, labels and names stay as they are: `ratio5m` is still called so when its window is 30 s.
 *
 * By 1 nothing changes: Prometheus reads exactly the text that `@surety/ops` writes.
 */
import { type AlertManager, AlertRules, Ops, RecordingRules, Yaml } from "@surety/ops"
import type * as Contract from "surety/Contract"

const millisOf = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

type Unit = keyof typeof millisOf

/** A duration of Prometheus in milliseconds. */
export const parse = (text: string): number => {
  let millis = 0
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|[smhdw])/g)) millis += Number(amount) * millisOf[unit as Unit]
  return millis
}

/** A duration of Prometheus, divided. */
export const duration = (text: string, by: number): string =>
  by === 1 ? text : `${Math.max(1, Math.round(parse(text) / by))}ms`

/** PromQL with its ranges, steps and offsets divided; what stands in quotes is no range. */
export const expression = (expr: string, by: number): string =>
  by === 1
    ? expr
    : expr.replace(/"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\boffset\s+\w+/g, (part) =>
        part.startsWith('"') ? part : part.replace(/(?<![\w.])(?:\d+(?:ms|[smhdw]))+/g, (text) => duration(text, by))
      )

/** `rules.yml` of a contract. */
export const rules = (contract: Contract.Any, by: number): string => {
  if (by === 1) return Ops.files(contract)["rules.yml"]
  const alerts = AlertRules.toRules(AlertRules.make(contract))
  return Yaml.toYaml({
    groups: [
      ...RecordingRules.make(contract).map(({ interval, name, rules }) => ({
        name,
        ...(interval === undefined ? {} : { interval: duration(interval, by) }),
        rules: rules.map((rule) => ({ ...rule, expr: expression(rule.expr, by) }))
      })),
      {
        name: RecordingRules.groupName(contract, "alerts"),
        rules: alerts.map((rule) => ({
          ...rule,
          expr: expression(rule.expr, by),
          ...(rule.for === undefined ? {} : { for: duration(rule.for, by) }),
          ...(rule.keep_firing_for === undefined ? {} : { keep_firing_for: duration(rule.keep_firing_for, by) })
        }))
      }
    ]
  })
}

/** `alertmanager.yml` as the generator has it, with the pace of its routes divided. */
export const alertmanager = (config: AlertManager.Config, by: number): string => {
  const paced = (route: AlertManager.Route): AlertManager.Route => ({
    ...route,
    ...Object.fromEntries(
      (["group_wait", "group_interval", "repeat_interval"] as const).flatMap((field) => {
        const value = route[field]
        return value === undefined ? [] : [[field, duration(value, by)]]
      })
    ),
    ...(route.routes === undefined ? {} : { routes: route.routes.map(paced) })
  })
  return Yaml.toYaml({ ...config, route: paced(config.route) })
}
