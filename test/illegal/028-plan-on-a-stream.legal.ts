// A stream is a read.
import * as Stream from "effect/Stream"
import * as StreamOperation from "surety/StreamOperation"
import { quick, RateLimited, timeout, transport } from "./Acme.ts"

export const tail = StreamOperation.read("tail", {
  failures: [RateLimited],
  timeout,

  idle: "5 seconds",
  retry: { ...transport, RateLimited: quick },
  attempt: (_id: string) => Stream.make(1, 2, 3)
})
