// The laws hold for streams.
import * as Stream from "effect/Stream"
import * as Backoff from "surety/Backoff"
import * as StreamOperation from "surety/StreamOperation"
import { CardDeclined, timeout, transport } from "./Acme.ts"

export const tail = StreamOperation.read("tail", {
  failures: [CardDeclined],
  timeout,
  idle: "5 seconds",
  retry: { ...transport, CardDeclined: Backoff.never },
  attempt: (_id: string) => Stream.make(1, 2, 3)
})
