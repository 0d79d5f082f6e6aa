/** Effect's own parts where a tracer collects: one span per call. */
import { openWith } from "./overhead-effect.ts"
import { traced } from "./Spans.ts"

export const open = () => openWith(traced)
