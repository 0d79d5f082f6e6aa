/** The authorization server's memory, without a bound: its own forgets after a thousand entries, and warns of itself. */
import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider"

export const make = (): AdapterFactory => {
  const entries = new Map<string, AdapterPayload>()
  return (model): Adapter => {
    const keyOf = (id: string) => `${model}:${id}`
    const where = async (holds: (payload: AdapterPayload) => boolean) =>
      [...entries].find(([key, payload]) => key.startsWith(`${model}:`) && holds(payload))?.[1]
    return {
      upsert: async (id, payload) => void entries.set(keyOf(id), payload),
      find: async (id) => entries.get(keyOf(id)),
      findByUserCode: (userCode) => where((payload) => payload.userCode === userCode),
      findByUid: (uid) => where((payload) => payload.uid === uid),
      consume: async (id) => {
        const payload = entries.get(keyOf(id))
        if (payload !== undefined) entries.set(keyOf(id), { ...payload, consumed: Math.floor(Date.now() / 1_000) })
      },
      destroy: async (id) => void entries.delete(keyOf(id)),
      revokeByGrantId: async (grantId) => {
        for (const [key, payload] of entries) if (payload.grantId === grantId) entries.delete(key)
      }
    }
  }
}
