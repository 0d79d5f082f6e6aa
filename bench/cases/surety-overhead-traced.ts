/** Ours where a tracer collects: an operation span and an attempt span per call, with their attributes. */
import { openWith } from "./surety-overhead.ts"
import { traced } from "./Spans.ts"

export const open = () => openWith(traced)
