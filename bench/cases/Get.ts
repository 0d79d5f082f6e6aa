/** One raw request with undici: rejects on a timeout, on a transport error and on any status but 2xx. */
import { Agent, request } from "undici"
import { attemptMillis } from "./Client.ts"

const dispatcher = new Agent()

export class StatusError extends Error {
  readonly status: number
  constructor(status: number) {
    super(`status ${status}`)
    this.status = status
  }
}

export const get = async (url: string, signal?: AbortSignal): Promise<unknown> => {
  const limit = AbortSignal.timeout(attemptMillis)
  const { body, statusCode } = await request(url, {
    dispatcher,
    signal: signal === undefined ? limit : AbortSignal.any([limit, signal])
  })
  const value = await body.json()
  if (statusCode >= 300) throw new StatusError(statusCode)
  return value
}
