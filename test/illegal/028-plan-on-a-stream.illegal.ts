// expect: OP-004
// A stream is a read.
import * as Stream from "effect/Stream"
import * as StreamOperation from "surety/StreamOperation"
import { key, quick, RateLimited, timeout, transport } from "./Acme.ts"

export const tail = StreamOperation.read("tail", {
  failures: [RateLimited],
  timeout,
  idempotency: key,
  idle: "5 seconds",
  retry: { ...transport, RateLimited: quick },
  attempt: (_id: string) => Stream.make(1, 2, 3)
})
