// expect: RETRY-001: 'CardDeclined'
// The laws hold for streams.
import * as Stream from "effect/Stream"
import * as StreamOperation from "surety/StreamOperation"
import { CardDeclined, quick, timeout, transport } from "./Acme.ts"

export const tail = StreamOperation.read("tail", {
  failures: [CardDeclined],
  timeout,
  idle: "5 seconds",
  retry: { ...transport, CardDeclined: quick },
  attempt: (_id: string) => Stream.make(1, 2, 3)
})
