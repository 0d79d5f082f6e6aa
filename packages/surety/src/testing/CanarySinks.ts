/**
 * The places where a secret could come to light, by name.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * Every sink.
 *
 * **Details**   `log`: what Effect's logger formats make of a message, its cause and its annotations. `console`: what the
 * loggers that write to a console wrote, and `console` itself. `span`: names, attributes, events, links and exits.
 * `otlp`: request bodies of the OTLP exporters. `metrics`: names, descriptions, attributes and states. `audit`: events.
 * `text`: `String(value)`, `message`, `stack`. `cause`: `Cause.pretty`. `json`: `JSON.stringify`. `inspect`:
 * `util.inspect`. `clone`: `structuredClone`. `properties`: what a walk over everything reachable finds, as error
 * reporters do. `render`: the caller's own renderers, such as a snapshot serializer. `dossier`: the explanation of a
 * contract. `exchange`: the log of a fake. `stdout`, `stderr`, `process` (warnings, unhandled rejections): of this process.
 *
 * @category constants
 * @since 0.1.0
 */
export const sinks = [
  "log",
  "console",
  "span",
  "otlp",
  "metrics",
  "audit",
  "text",
  "cause",
  "json",
  "inspect",
  "clone",
  "properties",
  "render",
  "dossier",
  "exchange",
  "stdout",
  "stderr",
  "process"
] as const

/**
 * @category models
 * @since 0.1.0
 */
export type Sink = (typeof sinks)[number]
