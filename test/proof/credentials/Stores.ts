/** The real stores that the processes of the proof share: started here, reached by address from every process. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { chownSync, mkdtempSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

export type Kind = "redis" | "sql" | "sqlite"

export const kinds: ReadonlyArray<Kind> = ["redis", "sql", "sqlite"]

/** How a process reaches the store; it holds no secret. */
export type Address =
  | { readonly _tag: "Redis"; readonly path: string }
  | { readonly _tag: "Postgres"; readonly host: string }
  | { readonly _tag: "Sqlite"; readonly filename: string }

export interface Store {
  readonly kind: Kind
  readonly address: Address
  readonly close: () => Promise<void>
}

/** Debian: `apt-get install redis-server postgresql`. */
export const isInstalled = (kind: Kind): boolean => {
  if (kind === "sqlite") return true
  return spawnSync(kind === "redis" ? "redis-server" : "postgres", ["--version"]).status === 0
}

export const start = async (kind: Kind): Promise<Store> => {
  const folder = mkdtempSync(join(tmpdir(), "surety-proof-"))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    switch (kind) {
      case "redis": {
        const path = join(folder, "redis.sock")
        const server = spawn("redis-server", ["--port", "0", "--unixsocket", path, "--save", "", "--dir", folder], {
          stdio: "ignore"
        })
        await listening(server, path)
        return { kind, address: { _tag: "Redis", path }, close: () => ended(server, "SIGTERM").finally(remove) }
      }
      case "sql": {
        const data = join(folder, "data")
        // Postgres refuses to run as root; where that is who we are, it runs as the user its package made
        const user = process.getuid?.() === 0 ? accountOf("postgres") : undefined
        if (user !== undefined) chownSync(folder, user.uid, user.gid)
        const as = { stdio: "ignore" as const, cwd: folder, ...user }
        const made = spawnSync(binary("initdb"), ["-D", data, "-U", "proof", "-A", "trust", "--no-sync"], as)
        if (made.status !== 0) throw new Error("initdb did not make a database")
        const server = spawn(
          binary("postgres"),
          ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
          as
        )
        await listening(server, join(folder, ".s.PGSQL.5432"))
        // SIGINT: without waiting for its clients
        return {
          kind,
          address: { _tag: "Postgres", host: folder },
          close: () => ended(server, "SIGINT").finally(remove)
        }
      }
      case "sqlite":
        return {
          kind,
          address: { _tag: "Sqlite", filename: join(folder, "grants.sqlite") },
          close: async () => remove()
        }
    }
  } catch (error) {
    remove()
    throw error
  }
}

const listening = async (server: ChildProcess, path: string): Promise<void> => {
  const giveUpAt = performance.now() + 20_000
  for (;;) {
    const answers = await new Promise<boolean>((resolve) => {
      const socket = connect(path, () => {
        socket.destroy()
        resolve(true)
      }).on("error", () => resolve(false))
    })
    if (answers) return
    if (server.exitCode !== null || performance.now() > giveUpAt) {
      server.kill("SIGKILL")
      throw new Error(`${server.spawnfile} did not start`)
    }
    await new Promise((done) => setTimeout(done, 20))
  }
}

const ended = async (server: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.kill(signal)
  await once(server, "exit")
}

const accountOf = (name: string): { readonly uid: number; readonly gid: number } => {
  const idOf = (flag: string) => Number(spawnSync("id", [flag, name]).stdout.toString())
  return { uid: idOf("-u"), gid: idOf("-g") }
}

/** Debian keeps the binaries of Postgres out of the path, but for those that its administrator linked. */
const binary = (name: string): string => {
  const found = spawnSync("sh", [
    "-c",
    `command -v ${name} || ls -d /usr/lib/postgresql/*/bin/${name} | sort -V | tail -1`
  ])
  return found.stdout.toString().trim() || name
}
