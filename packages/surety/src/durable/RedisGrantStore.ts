/**
 * A grant store in Redis: processes on several machines share a rotating grant.
 *
 * Each change is one script, so it happens as a whole or not at all. A lease is a key that Redis ends by itself, by its
 * own clock; the fence is a counter that outlives every lease.
 *
 * Neighbours: `credential/GrantStore` is the port, `testing/GrantStoreSuite` what it passes. Payloads are kept as they
 * are given: put `SealedGrantStore` before it.
 *
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import * as Redacted from "effect/Redacted"
import {
  type Acquired,
  type Committed,
  type GrantRecord,
  GrantStore,
  GrantStoreFailure
} from "../credential/GrantStore.ts"

/**
 * Shares grants through Redis.
 *
 * **Details**   `prefix` of the keys: default `surety/grant/`. A grant has 3 keys with one hash tag, so that they live in one
 * slot of a cluster: `…:record`, `…:lease`, `…:fence`. `timeout` of each operation: default 2 s.
 *
 * **Failures**   `GrantStoreFailure` when Redis does not answer in time, or answers with an error, or has a record that
 * is no grant (`unreadable`).
 *
 * **Gotchas**   The grant is as durable as Redis is. Without `appendonly yes` a crash of Redis forgets the last refresh
 * token, and a person has to give a new grant; a replica that is promoted may lack it too. Keep grants that must not be
 * lost in SQL. The keys must not be evicted (`maxmemory-policy noeviction` or `volatile-*`).
 *
 * @source redis.io/docs/latest/operate/oss_and_stack/management/persistence (2026-11)
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: {
  readonly prefix?: string
  readonly timeout?: Duration.Input
}): Layer.Layer<GrantStore, never, Redis.Redis> => {
  const prefix = options?.prefix ?? "surety/grant/"
  const timeout = Duration.fromInputUnsafe(options?.timeout ?? "2 seconds")
  return Layer.effect(
    GrantStore,
    Effect.map(Redis.Redis, (redis): GrantStore => {
      const run = { read: redis.eval(read), acquire: redis.eval(acquire), put: redis.eval(put) }
      const change = { commit: redis.eval(commit), release: redis.eval(release) }
      const timed = within(timeout)
      const name = (key: string): string => `${prefix}{${key.replace(/[{}%]/g, encodeURIComponent)}}`
      return {
        read: (key) => Effect.flatMap(timed("read", run.read(name(key))), (fields) => toRecord("read", fields)),
        acquire: (key, leaseMillis) =>
          Effect.flatMap(
            timed("acquire", run.acquire(name(key), Math.max(1, Math.ceil(leaseMillis)))),
            ([fence, leftMillis, ...fields]) =>
              Number(fence) > 0
                ? toRecord("acquire", fields).pipe(
                    Effect.map((record): Acquired => ({ _tag: "Acquired", fence: Number(fence), record })),
                    // a lease that nobody can use keeps everybody waiting
                    Effect.tapError(() => Effect.ignore(timed("release", change.release(name(key), Number(fence)))))
                  )
                : Effect.map(toRecord("acquire", fields), (record): Acquired => ({
                    _tag: "Held",
                    leftMillis: Number(leftMillis),
                    record
                  }))
          ),
        commit: (key, fence, expected, next) => timed("commit", change.commit(name(key), fence, expected, next)),
        release: (key, fence) => timed("release", change.release(name(key), fence)),
        put: (key, payload) => Effect.map(timed("put", run.put(name(key), payload)), Number)
      }
    })
  )
}

type Fields = ReadonlyArray<string | number | null>

/** What a driver says of an error may quote the command, which has the payload in it. */
const within =
  (timeout: Duration.Duration) =>
  <A>(
    operation: GrantStoreFailure["operation"],
    effect: Effect.Effect<A, Redis.RedisError>
  ): Effect.Effect<A, GrantStoreFailure> =>
    effect.pipe(
      Effect.mapError(
        () => new GrantStoreFailure({ operation, detail: "Redis answered with an error, or not at all" })
      ),
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () =>
          new GrantStoreFailure({ operation, detail: `Redis did not answer in ${Duration.toMillis(timeout)} ms` })
      })
    )

const toRecord = (
  operation: GrantStoreFailure["operation"],
  [version, state, payload, startedAt, announced]: Fields
): Effect.Effect<GrantRecord | undefined, GrantStoreFailure> => {
  if (version === null || version === undefined) return Effect.undefined
  // a later version of this package may write what this one does not know: that is no reason to call a grant dead
  if (
    typeof payload !== "string" ||
    (state !== "live" && state !== "refreshing" && state !== "dead") ||
    (announced !== "yes" && announced !== "no")
  ) {
    return Effect.fail(new GrantStoreFailure({ operation, detail: "a record that is no grant", reason: "unreadable" }))
  }
  return Effect.succeed({
    version: Number(version),
    state,
    payload: Redacted.make(payload),
    refreshStartedAtMillis: startedAt === "" || startedAt === null ? undefined : Number(startedAt),
    announced
  })
}

const fieldsOf = (next: GrantRecord): ReadonlyArray<string> => [
  String(next.version),
  next.state,
  Redacted.value(next.payload),
  next.refreshStartedAtMillis === undefined ? "" : String(next.refreshStartedAtMillis),
  next.announced
]

const keysOf = (name: string): ReadonlyArray<string> => [`${name}:record`, `${name}:lease`, `${name}:fence`]
const numberOfKeys = 3
const fields = `redis.call("HMGET", KEYS[1], "version", "state", "payload", "startedAt", "announced")`
const write = (...values: ReadonlyArray<string>): string =>
  `redis.call("HSET", KEYS[1], "version", ${values[0]}, "state", ${values[1]}, "payload", ${values[2]}, "startedAt", ${values[3]}, "announced", ${values[4]})`

const read = Redis.script((name: string) => keysOf(name), {
  numberOfKeys,
  lua: `return ${fields}`
}).withReturnType<Fields>()

/** Gives the fence, or 0 and what is left of somebody else's lease; then the record. */
const acquire = Redis.script((name: string, leaseMillis: number) => [...keysOf(name), leaseMillis], {
  numberOfKeys,
  lua: `local left = redis.call("PTTL", KEYS[2])
local answer = { 0, left }
if left == -2 then
  answer[1] = redis.call("INCR", KEYS[3])
  redis.call("SET", KEYS[2], answer[1], "PX", ARGV[1])
end
for i, field in ipairs(${fields}) do answer[i + 2] = field end
return answer`
}).withReturnType<Fields>()

const commit = Redis.script(
  (name: string, fence: number, expected: number, next: GrantRecord) => [
    ...keysOf(name),
    fence,
    expected,
    ...fieldsOf(next)
  ],
  {
    numberOfKeys,
    lua: `if redis.call("GET", KEYS[2]) ~= ARGV[1] then return "fenced" end
if (redis.call("HGET", KEYS[1], "version") or "0") ~= ARGV[2] then return "conflict" end
${write("ARGV[3]", "ARGV[4]", "ARGV[5]", "ARGV[6]", "ARGV[7]")}
return "committed"`
  }
).withReturnType<Committed>()

const release = Redis.script((name: string, fence: number) => [...keysOf(name), fence], {
  numberOfKeys,
  lua: `if redis.call("GET", KEYS[2]) == ARGV[1] then redis.call("DEL", KEYS[2]) end`
})

const put = Redis.script(
  (name: string, payload: Redacted.Redacted<string>) => [...keysOf(name), Redacted.value(payload)],
  {
    numberOfKeys,
    lua: `local version = redis.call("HINCRBY", KEYS[1], "version", 1)
${write("version", '"live"', "ARGV[1]", '""', '"no"')}
redis.call("DEL", KEYS[2])
return version`
  }
).withReturnType<number>()
