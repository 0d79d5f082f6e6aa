/** axios with axios-retry: three retries, exponential, timeouts retried too. */
import axios from "axios"
import axiosRetry from "axios-retry"
import { Agent } from "node:http"
import { attemptMillis, type Open } from "./Client.ts"

export const open: Open = async (baseUrl) => {
  const client = axios.create({ timeout: attemptMillis, httpAgent: new Agent({ keepAlive: true }) })
  axiosRetry(client, {
    retries: 3,
    retryDelay: axiosRetry.exponentialDelay,
    shouldResetTimeout: true,
    retryCondition: (error) =>
      axiosRetry.isNetworkOrIdempotentRequestError(error) || error.code === "ECONNABORTED" || error.code === "ETIMEDOUT"
  })
  return { call: () => client.get(`${baseUrl}/v1/charges/ch_1`) }
}
