/**
 * Where the rig's server keeps what it knows: one memory per server, and nothing is pushed out of it. The server's own
 * memory is shared by all servers of a process, and forgets after 1000 entries.
 */
import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider"

interface Entry {
  readonly payload: AdapterPayload
  readonly untilMillis: number
}

export const make = (): AdapterFactory => {
  const entries = new Map<string, Entry>()
  return (model): Adapter => {
    const keyOf = (id: string): string => `${model}:${id}`
    const find = async (id: string): Promise<AdapterPayload | undefined> => {
      const entry = entries.get(keyOf(id))
      if (entry === undefined || entry.untilMillis > Date.now()) return entry?.payload
      entries.delete(keyOf(id))
      return undefined
    }
    const findBy = async (matches: (payload: AdapterPayload) => boolean): Promise<AdapterPayload | undefined> =>
      [...entries].find(([key, { payload }]) => key.startsWith(`${model}:`) && matches(payload))?.[1].payload
    return {
      find,
      findByUid: (uid) => findBy((payload) => payload.uid === uid),
      findByUserCode: (code) => findBy((payload) => payload.userCode === code),
      upsert: async (id, payload, expiresIn) => {
        const untilMillis = expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1000
        entries.set(keyOf(id), { payload, untilMillis })
      },
      consume: async (id) => {
        const payload = await find(id)
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
      },
      destroy: async (id) => void entries.delete(keyOf(id)),
      revokeByGrantId: async (grantId) => {
        for (const [key, { payload }] of entries) {
          if (payload.grantId === grantId && !key.startsWith("Session:")) entries.delete(key)
        }
      }
    }
  }
}
