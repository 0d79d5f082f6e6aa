/**
 * Every request of a run as it goes onto the wire and comes back. The three runs report to it from the same place,
 * right above the socket, so that their numbers mean the same.
 */

/** One request. Milliseconds on the clock of `performance.now`. */
export interface Exchange {
  readonly orderId: string
  readonly sentAt: number
  readonly endedAt: number | undefined
  readonly end: "running" | "answered" | "lost" | "not sent"
  readonly status: number | undefined
}

export interface Sent {
  readonly answered: (status: number) => void
  /** no answer came, and none is waited for any more: nobody on this side knows what the provider did */
  readonly lost: () => void
  /** it never left this machine */
  readonly notSent: () => void
}

export interface Wire {
  readonly exchanges: ReadonlyArray<Exchange>
  readonly inFlight: () => number
  readonly throttled: () => number
  /** `body` is the form, which names the order; requests that name none are not about an order */
  readonly send: (body: string) => Sent
}

export const make = (): Wire => {
  const exchanges: Array<Exchange> = []
  let inFlight = 0
  let throttled = 0
  return {
    exchanges,
    inFlight: () => inFlight,
    throttled: () => throttled,
    send: (body) => {
      const index = exchanges.length
      const begun: Exchange = {
        orderId: new URLSearchParams(body).get("metadata[order_id]") ?? "",
        sentAt: performance.now(),
        endedAt: undefined,
        end: "running",
        status: undefined
      }
      exchanges.push(begun)
      inFlight++
      // the first word counts: an answer whose body is cut off was an answer
      const finish = (end: Exchange["end"], status: number | undefined): void => {
        if (exchanges[index] !== begun) return
        inFlight--
        if (status === 429) throttled++
        exchanges[index] = { ...begun, endedAt: performance.now(), end, status }
      }
      return {
        answered: (status) => finish("answered", status),
        lost: () => finish("lost", undefined),
        notSent: () => finish("not sent", undefined)
      }
    }
  }
}
